"""The router's role."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.template_gen.templates import TEMPLATES, of_type, properties


def test_the_router_may_write_the_badge_count_json_and_backups_and_no_other_file() -> None:
    (policy,) = properties("RouterRole")["Policies"]
    statements = [each for each in policy["PolicyDocument"]["Statement"] if "s3:PutObject" in each["Action"]]
    assert [each["Resource"] for each in statements] == [
        [{"Fn::Sub": "${SiteBucket.Arn}/badge.svg"}, {"Fn::Sub": "${SiteBucket.Arn}/count.json"}],
        [{"Fn::Sub": "arn:${AWS::Partition}:s3:::${CodeBucket}/backups/*/count.json"}],
    ]


def test_the_router_may_do_little_and_each_thing_on_one_resource() -> None:
    (role,) = of_type("AWS::IAM::Role").values()
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert all(not action.endswith("*") for action in statement["Action"])
        assert statement["Resource"] != ["*"]
    wild = [json.dumps(s["Resource"]) for s in statements if "*" in json.dumps(s["Resource"])]
    backups, everyone_connected = wild
    assert "${CodeBucket}/backups/*/count.json" in backups
    assert "${WebSocketApi}/live/POST/@connections/*" in everyone_connected
    assert "${WebSocketApi}/live/DELETE/@connections/*" in everyone_connected


def test_the_router_may_throttle_its_own_stage_and_tell_its_own_topic() -> None:
    statements = properties("RouterRole", TEMPLATES["alarms"])["Policies"][0]["PolicyDocument"]["Statement"]
    by_sid = {statement["Sid"]: statement for statement in statements}
    stage = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/${WebSocketApi}/stages/live"
    assert (by_sid["ThrottleTheStage"]["Action"], by_sid["ThrottleTheStage"]["Resource"]) == (
        ["apigateway:PATCH"],
        [{"Fn::Sub": stage}],
    )
    assert by_sid["TellTheOwner"]["Action"] == ["sns:Publish"]
    assert by_sid["TellTheOwner"]["Resource"] == [{"Ref": "Alerts"}]


def test_who_may_assume_the_role() -> None:
    (role,) = of_type("AWS::IAM::Role").values()
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    assert [s["Principal"] for s in trust] == [{"Service": "lambda.amazonaws.com"}]


def test_the_router_may_do_each_thing_that_its_code_asks_of_dynamodb() -> None:
    """boto3 and botocore name a method after its operation: `client.batch_get_item` needs dynamodb:BatchGetItem."""
    storage = Path(__file__).resolve().parents[2] / "router/storage"
    source = "".join(path.read_text() for path in sorted(storage.glob("*.py")))
    asked = {name.title().replace("_", "") for name in re.findall(r"\bclient\.(\w+)\(", source)}
    # A transaction is allowed by the actions of what it holds; ours holds updates only.
    asked = {f"dynamodb:{name}" for name in asked - {"TransactWriteItems"} | {"UpdateItem"}}
    (role,) = of_type("AWS::IAM::Role").values()
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = {action for statement in statements for action in statement["Action"]}
    stream = {f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")}
    assert {action for action in allowed if action.startswith("dynamodb:")} - stream == asked
