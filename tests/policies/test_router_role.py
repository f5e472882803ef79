"""The router's role, evaluated as IAM would: all that the router does is allowed, and nothing of a list of forty is.

What it does is recorded from the router itself, so the list cannot go stale; the emulator ignores such conditions.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router import items
from router.contract import budget, tables, ticks
from router.contract.log_values import Outcome
from router.storage import broadcasts, budgets, connections, days, file_states, rows, segments, store
from settings import validate
from template_gen.router_role import READ_ROWS, ROLE, WRITES
from template_gen.stack import generate, to_json
from tests.policies import deployed as there
from tests.policies.deployed import deployed
from tests.policies.dynamodb_requests import Recorder
from tests.policies.evaluator import ACCOUNT, REGION, Request, allowed
from tests.router.budget_rig import BudgetRig, environment
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import Rig, message_event, recorded

EVERYTHING = {
    "VISIT_POLICY": "visitor",
    "ORIGIN_SECRET": "s" * 43,
    "CONNECTS_PER_ADDRESS": "100",
    "VISITS_PER_ADDRESS": "50",
    "REPLIES_PER_CONNECTION": "10",
    "SITE_BUCKET": "site",
    "BACKUP_BUCKET": "artifacts",
    "VISIT_NAMES": "blog",
}


@pytest.fixture(scope="module")
def policy() -> Any:
    template = json.loads(to_json(generate(validate({}, Path("settings.toml")))))
    (one,) = template["Resources"][ROLE]["Properties"]["Policies"]
    return deployed(one["PolicyDocument"])


def a_day_of_the_router() -> tuple[dict[str, list[Request]], Rig]:
    """Every kind of event, with every limit on; what was asked of DynamoDB, by the store's method that asked it."""
    rig = BudgetRig(environment={**environment(5), **EVERYTHING}, random=lambda: 0.0)
    recorder = Recorder(rig.table)
    rig.client = recorder
    for number in range(3):
        rig.connect(f"c{number}", secret=EVERYTHING["ORIGIN_SECRET"], user_agent=f"browser {number}")
    rig.connect("c3", secret=EVERYTHING["ORIGIN_SECRET"], address="2001:db8::1", name="blog")
    rig.crowd()
    rig.connect("c4", secret=EVERYTHING["ORIGIN_SECRET"], address="2001:db8::1", name="blog", user_agent="browser 4")
    rig.fold()
    rig.transport.scripts["c0"].extend([Outcome.GONE] * 9)
    rig.send(message_event("c1"))
    rig.send(recorded("message"))
    rig.send(recorded("disconnect"))
    rig.clock.now += 3 * items.DAY_SECONDS  # c1 is past its life, c0 long gone
    rig.table.rows[VISITS]["visit#late"] = {"id": {"S": "visit#late"}, "uncounted": {"S": "late"}}
    rig.table.rows[VISITS]["named#late#blog"] = {"id": {"S": "named#late#blog"}, "uncounted": {"S": "late#blog"}}
    rig.send(recorded("scheduled"))
    rig.send(dict(ticks.EVENT))
    rig.table.rows[VISITS]["day#2026-12-20"] = {"id": {"S": "day#2026-12-20"}, "visits": {"N": "1"}}
    rig.clock.now += 29 * items.DAY_SECONDS  # the first day is no longer recent, and that one is
    rig.send(recorded("scheduled"))
    assert "day#2026-11-29" in rig.table.rows[VISITS]
    assert "visits" not in rig.table.rows[VISITS]["day#2026-12-20"]
    in_segments(rig)
    rig.send(recorded("alarm"))
    assert not rig.logged("failed")
    assert len(rig.table.rows[CONNECTIONS]) < 3
    return recorder.requests, rig


def in_segments(rig: BudgetRig) -> None:
    """A broadcast by two functions."""
    rig.environment |= {"AWS_LAMBDA_FUNCTION_NAME": "router", "SEGMENT_CONNECTIONS": "1"}
    rig.restart()
    last = rig.store.broadcasts.totals().begun_at
    rig.store.broadcasts.record(2, 0, int(rig.clock.now), None, a_round=last)
    rig.clock.now += 60
    rig.table.rows[VISITS]["visitorCount"]["currentCount"] = {"N": "99"}
    rig.send(rig.count_event())
    for event in rig.invoked:
        rig.send(event)


def requesting_methods() -> Iterator[str]:
    """Yield the functions of router.storage that call the client, from their source."""
    for module in (broadcasts, budgets, connections, days, file_states, rows, segments, store):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(inner, ast.Attribute) and ast.unparse(inner).removeprefix("self.").startswith("client.")
                for inner in ast.walk(node)
            ):
                yield node.name


def as_it_runs() -> list[Request]:
    """What Lambda, its mappings and the router ask besides DynamoDB's tables."""
    stream = there.VALUES["VisitorCounts.StreamArn"]
    return [
        *(Request(f"dynamodb:{one}", stream) for one in ("DescribeStream", "GetRecords", "GetShardIterator")),
        Request("sqs:SendMessage", there.QUEUE),
        Request("logs:CreateLogStream", there.LOGS.removesuffix("*") + "log-stream:2026/11/24/[$LATEST]0a"),
        Request("logs:PutLogEvents", there.LOGS.removesuffix("*") + "log-stream:2026/11/24/[$LATEST]0a"),
        Request("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{there.STACK}-router"),
        Request("execute-api:ManageConnections", f"{there.CONNECTIONS_API}/Cc1lwfT9FiACE="),
    ]


def test_everything_the_router_does_is_allowed(policy: Any) -> None:
    by_method, rig = a_day_of_the_router()
    assert by_method.keys() == set(requesting_methods()), "some request of the store is not among what is evaluated"
    files = [Request("s3:PutObject", f"arn:aws:s3:::{there.SITE}/{key}") for key in rig.bucket.files]
    files += [Request("s3:PutObject", f"arn:aws:s3:::{there.ARTIFACTS}/{key}") for key in rig.backups.files]
    assert [bool(rig.bucket.files), bool(rig.backups.files)] == [True, True]
    requests = [*(one for asked in by_method.values() for one in asked), *files, *as_it_runs()]
    refused = [
        str(one) for one, is_allowed in zip(requests, allowed([policy], requests), strict=True) if not is_allowed
    ]
    assert refused == []


def test_the_rows_of_the_role_are_the_rows_of_the_router() -> None:
    day, visit, named = items.day_key(items.Visit("x", 1), 1), tables.visit_key("x"), tables.visit_key("x#blog")
    salt, limit, history = items.salt_key("x"), items.limit_key("x"), tables.history_key("x")
    rows = {f"{key.partition('#')[0]}#*" for key in (day, visit, named, salt, limit, history)}
    rows |= {f"{budget.ROW_PREFIX}*", tables.VISITOR_COUNT, tables.ONLINE, tables.PRESENCE, tables.BACKUP}
    assert {key for write in WRITES.values() for key in write.rows} == rows
    assert set(READ_ROWS) == rows - {"limit#*"}


def write(operation: str, key: str, *attributes: str, returns: str = "NONE", inside: str = "") -> Request:
    context: dict[str, str | list[str]] = {
        "dynamodb:LeadingKeys": [key],
        "dynamodb:Attributes": ["id", *attributes],
        "dynamodb:ReturnValues": returns,
    }
    if inside:
        context["dynamodb:EnclosingOperation"] = inside
    return Request(f"dynamodb:{operation}", there.COUNTS, context)


def read(operation: str, *keys: str, resource: str = there.COUNTS) -> Request:
    return Request(f"dynamodb:{operation}", resource, {"dynamodb:LeadingKeys": list(keys)} if keys else {})


DAY, VISIT, SALT, IN = "day#2026-11-24", "visit#somebody", "salt#2026-11-24", "TransactWriteItems"
ANOTHER_TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/another"
MUST_NOT = [
    # the days of the count and of names
    write("UpdateItem", "visitorCount", DAY),
    write("UpdateItem", "history#blog", DAY),
    write("PutItem", "history#blog", DAY, inside=IN),
    write("DeleteItem", "history#blog", inside=IN),
    write("UpdateItem", "history#blog", "expiresAt", inside=IN),
    write("UpdateItem", "visitorCount", "lastVisit"),
    # the count
    write("PutItem", "visitorCount", "currentCount"),
    write("PutItem", "visitorCount", "currentCount", inside=IN),
    write("DeleteItem", "visitorCount"),
    write("DeleteItem", "visitorCount", inside=IN),
    write("UpdateItem", "visitorCount", "expiresAt", inside=IN),
    write("UpdateItem", "visitorCount", "currentCount", "expiresAt", inside=IN),
    write("UpdateItem", "visitorCount", "currentCount"),
    write("UpdateItem", "visitorCount", "currentCount", returns="ALL_OLD", inside=IN),
    # the days
    write("PutItem", DAY, "visits"),
    write("DeleteItem", DAY),
    write("UpdateItem", DAY, "visits"),
    write("UpdateItem", DAY, "visits", "expiresAt", inside=IN),
    # visits
    write("PutItem", VISIT, "arrivedAt", "uncounted", "expiresAt", "address"),
    write("PutItem", VISIT, "arrivedAt", "uncounted", "expiresAt", returns="ALL_OLD"),
    write("UpdateItem", VISIT, "expiresAt", inside=IN),
    write("UpdateItem", VISIT, "uncounted"),
    write("DeleteItem", VISIT),
    write("PutItem", "named#somebody#blog", "arrivedAt", "uncounted", "expiresAt", "address"),
    write("DeleteItem", "named#somebody#blog"),
    # salts and limits
    write("UpdateItem", SALT, "salt"),
    write("UpdateItem", SALT, "expiresAt", inside=IN),
    write("DeleteItem", SALT),
    write("PutItem", "limit#0a", "taken", "expiresAt"),
    write("DeleteItem", "limit#0a"),
    # the marks of imports, which keep a file from being added twice
    write("PutItem", "import#0a#0", "count", "importedAt"),
    write("DeleteItem", "import#0a#0"),
    # several rows at once, no row at all, attributes that are not told
    Request(
        "dynamodb:UpdateItem",
        there.COUNTS,
        {"dynamodb:LeadingKeys": ["online", "visitorCount"], "dynamodb:Attributes": ["id", "connections"]},
    ),
    Request("dynamodb:UpdateItem", there.COUNTS, {"dynamodb:Attributes": ["id", "connections"]}),
    Request("dynamodb:UpdateItem", there.COUNTS, {"dynamodb:LeadingKeys": ["online"]}),
    # reading all there is
    read("Scan"),
    read("Query", "visitorCount"),
    read("GetItem", "visitorCount"),
    read("BatchGetItem", "visitorCount", "limit#0a"),
    read("BatchGetItem"),
    read("BatchWriteItem", "visitorCount"),
    # the tables themselves, and others
    read("DeleteTable"),
    read("UpdateTimeToLive"),
    read("UpdateContinuousBackups"),
    Request(
        "dynamodb:UpdateItem",
        ANOTHER_TABLE,
        {"dynamodb:LeadingKeys": ["online"], "dynamodb:Attributes": ["id", "connections"]},
    ),
    read("PutItem", "c1", resource=ANOTHER_TABLE),
    read("DeleteTable", resource=there.CONNECTIONS),
    # files: pages, the code, a template, another's backup; and reading or deleting what was copied
    Request("s3:PutObject", f"arn:aws:s3:::{there.SITE}/index.html"),
    Request("s3:PutObject", f"arn:aws:s3:::{there.SITE}/visitor-count.js"),
    Request("s3:PutObject", f"arn:aws:s3:::{there.ARTIFACTS}/router/0a.zip"),
    Request("s3:PutObject", f"arn:aws:s3:::{there.ARTIFACTS}/template/0a.json"),
    Request("s3:PutObject", "arn:aws:s3:::another/backups/0a/count.json"),
    Request("s3:GetObject", f"arn:aws:s3:::{there.ARTIFACTS}/backups/0a/count.json"),
    Request("s3:DeleteObject", f"arn:aws:s3:::{there.ARTIFACTS}/backups/0a/count.json"),
    Request("s3:DeleteObjectVersion", f"arn:aws:s3:::{there.ARTIFACTS}/backups/0a/count.json"),
    # other services, and more of its own
    Request(
        "execute-api:ManageConnections", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:another/live/POST/@connections/c"
    ),
    Request("sqs:ReceiveMessage", there.QUEUE),
    Request("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{there.STACK}-router"),
    Request("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{there.STACK}-RouterRole-1A2B"),
    Request("logs:DeleteLogGroup", there.LOGS.removesuffix(":*")),
]


def test_what_it_must_not_do_is_denied(policy: Any) -> None:
    assert len(MUST_NOT) >= 40
    assert len({str(one) for one in MUST_NOT}) == len(MUST_NOT)
    granted = [str(one) for one, is_allowed in zip(MUST_NOT, allowed([policy], MUST_NOT), strict=True) if is_allowed]
    assert granted == []


def test_the_evaluator_tells_a_policy_that_allows_too_much() -> None:
    """The role of before: without conditions, most of the list was allowed."""
    actions = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    wide = {"Effect": "Allow", "Action": actions, "Resource": [there.COUNTS]}
    answers = allowed([{"Version": "2012-10-17", "Statement": [wide]}], MUST_NOT)
    assert sum(answers) > 15
