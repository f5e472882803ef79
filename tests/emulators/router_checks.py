"""The router's code in a process, with an emulator's DynamoDB, stream and S3 in the place of AWS's.

The tables and the bucket are those of the template. The events are recorded ones of AWS, and what the stream has is
delivered like an event source mapping does. @connections is a server of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_cloud.chaos.stream import is_wanted, pages
from router.contract import tables, variables
from router.contract.files import BADGE_KEY
from template_gen import names
from tests.emulators.outcome import Outcome, outcome_of
from tests.emulators.probe import create_stack, delete_stack, template
from tests.emulators.servers import ACCOUNT, Cloud
from tests.router.connections_server import ConnectionsServer, connections_server
from tests.router.lambda_process import run
from tests.router.rig import NOW, connect_event, recorded

LONG_AGO = 1_000_000_000
STACK = "router-tables"
Record = dict[str, Any]


@dataclass
class Router:
    """The router and its data. known: logical id -> physical id."""

    cloud: Cloud
    known: Mapping[str, str]
    pages: ConnectionsServer

    def __post_init__(self) -> None:
        self.dynamodb = self.cloud.client("dynamodb")
        self.visits, self.bucket = self.known[names.VISITOR_COUNTS], self.known[names.SITE_BUCKET]
        arn = self.dynamodb.describe_table(TableName=self.visits)["Table"]["LatestStreamArn"]
        self._stream = pages(self.cloud.client("dynamodbstreams"), arn)

    def send(self, *events: Any) -> list[Any]:
        """Run the handler in a new process and return its responses."""
        return run(
            list(events),
            **{
                **ACCOUNT,
                "AWS_ENDPOINT_URL": self.cloud.url,
                variables.CONNECTION_IDS_TABLE: self.known[names.CONNECTION_IDS],
                variables.VISITOR_COUNT_TABLE: self.visits,
                variables.MANAGEMENT_ENDPOINT: self.pages.url,
                variables.SITE_BUCKET: self.bucket,
                variables.BACKUP_BUCKET: self.bucket,
            },
        )[0]

    def records(self) -> list[Record]:
        """Return the new records of the stream that the mappings' filters let through."""
        found: list[Record] = []
        while page := next(self._stream):
            found += [record for record in page if is_wanted(record)]
        return found

    def deliver(self, records: list[Record]) -> None:
        assert records, "the stream has no record of the change"
        assert self.send({"Records": records}) == [{"batchItemFailures": []}]

    def count(self) -> int:
        return self.number(tables.VISITOR_COUNT, tables.CURRENT_COUNT)

    def number(self, key: str, attribute: str) -> int:
        row = self.dynamodb.get_item(TableName=self.visits, Key={tables.ID: {"S": key}}, ConsistentRead=True)
        return int(row.get("Item", {}).get(attribute, {"N": "0"})["N"])


def visit_is_counted(router: Router) -> None:
    """By the transaction of `$connect`."""
    assert router.send(connect_event("first", "visit-one")) == [{"statusCode": 200}]
    assert router.count() == 1


def count_is_announced(router: Router) -> None:
    router.deliver(router.records())
    assert [(to, json.loads(body)["count"]) for _, to, body in router.pages.received] == [("first", 1)]


def repetition_changes_nothing(router: Router) -> None:
    assert router.send(connect_event("again", "visit-one")) == [{"statusCode": 200}]
    assert [one for one in router.records() if tables.UNCOUNTED in one["dynamodb"].get("NewImage", {})] == []
    assert router.count() == 1


def record_twice_counts_once(router: Router) -> None:
    """The transaction is cancelled, and its reasons name the visit that is counted already."""
    _mark(router, "two", NOW)
    visits = router.records()
    router.deliver(visits)
    _mark(router, "three", NOW)
    router.deliver([*visits, *router.records()])
    assert router.count() == 3


def _mark(router: Router, visit_id: str, arrived_at: int) -> None:
    """Store a visit as `$connect` does while others contend."""
    row = {tables.ARRIVED_AT: {"N": str(arrived_at)}, tables.UNCOUNTED: {"S": visit_id}}
    router.dynamodb.put_item(TableName=router.visits, Item={tables.ID: {"S": tables.visit_key(visit_id)}, **row})


def sweep_counts_what_is_left(router: Router) -> None:
    _mark(router, "lost", LONG_AGO)
    names, values = {"#day": tables.day_key("2001-09-08")}, {":visits": {"N": "2"}}
    router.dynamodb.update_item(
        TableName=router.visits,
        Key={tables.ID: {"S": tables.VISITOR_COUNT}},
        UpdateExpression="SET #day = :visits",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    before = router.count()
    swept = router.send(recorded("scheduled"))[0]
    assert (swept["visits"], swept["complete"]) == (1, True), swept
    assert router.count() == before + 1
    assert router.number(tables.day_key("2001-09-09"), tables.VISITS) == 1
    assert router.number(tables.day_key("2001-09-08"), tables.VISITS) == 2, "it is moved out of the row of the count"
    assert router.number(tables.VISITOR_COUNT, tables.day_key("2001-09-08")) == 0


def badge_and_backup_are_written(router: Router) -> None:
    s3 = router.cloud.client("s3")
    badge = s3.get_object(Bucket=router.bucket, Key=BADGE_KEY)
    assert (badge["ContentType"], badge["CacheControl"]) == ("image/svg+xml", "public, max-age=60, s-maxage=60")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=router.bucket)["Contents"]]
    assert any(key.endswith("/count.json") for key in keys), keys


def closed_page_is_forgotten(router: Router) -> None:
    event = recorded("disconnect")
    event["requestContext"]["connectionId"] = "again"
    assert router.send(event) == [{"statusCode": 200}]
    rows = router.dynamodb.scan(TableName=router.known[names.CONNECTION_IDS], ConsistentRead=True)["Items"]
    assert "again" not in {row[tables.CONNECTION_ID]["S"] for row in rows}


CHECKS: Mapping[str, Callable[[Router], None]] = {
    "a visit is counted": visit_is_counted,
    "the new count is announced": count_is_announced,
    "a reload is the same visit": repetition_changes_nothing,
    "a record delivered twice counts once": record_twice_counts_once,
    "the sweep counts what is left": sweep_counts_what_is_left,
    "badge and backup are written": badge_and_backup_are_written,
    "a closed page is forgotten": closed_page_is_forgotten,
}
"""In this order: each finds what the ones before have left."""


def results(cloud: Cloud) -> Mapping[str, Outcome]:
    try:
        with _router(cloud) as router:
            return {name: outcome_of(partial(check, router)) for name, check in CHECKS.items()}
    finally:
        delete_stack(cloud, STACK)


@contextmanager
def _router(cloud: Cloud) -> Iterator[Router]:
    wanted = (names.CONNECTION_IDS, names.VISITOR_COUNTS, names.SITE_BUCKET)
    known = create_stack(cloud, STACK, {name: template()["Resources"][name] for name in wanted})
    with connections_server() as server:
        yield Router(cloud, known, server)
