"""The output of `status`, and its findings."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deployment.aws.emulated import parameters
from deployment.aws.finding import Finding
from deployment.aws.target import Target
from deployment.deploy import deploy
from deployment.operations.health import examine
from deployment.operations.status import Status, status, visitor_count
from errors import CloudError, StackError
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Lines, Moment, refused
from tests.table_definitions import visits_table

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.cloud
def test_the_state_the_outputs_the_count_and_the_health(
    cloud: Target, output: Path, say: Lines, make_settings: MakeSettings
) -> None:
    settings = make_settings(alerts={"email": "me@example.com"})
    for_emulator = parameters(cloud.endpoint_url)
    outputs = deploy(settings, cloud, output=output, parameters=for_emulator, reporter=say).outputs
    cloud.client("dynamodb").put_item(
        TableName=outputs[names.VISITOR_COUNTS_TABLE],
        Item={"id": {"S": "visitorCount"}, "currentCount": {"N": "1234"}},
    )
    state = status(settings, cloud)
    lines = state.lines()
    assert lines[0].startswith(f"{settings.stack.name} in us-east-1: CREATE_COMPLETE, last deploy 20")
    assert f"  {'SiteUrl':<22} {outputs[names.SITE_URL]}" in lines
    assert "  visits counted         1,234" in lines
    assert {finding.part for finding in state.findings} >= {
        "router",
        "stream VisitsMapping",
        "stream CountMapping",
        "distribution",
        "alarm RouterErrors",
    }
    assert json.loads(json.dumps(state.as_json()))["count"] == 1234


@pytest.mark.cloud
def test_a_missing_stack_has_a_next_step(cloud: Target, make_settings: MakeSettings) -> None:
    with pytest.raises(StackError, match=r"does not exist in us-east-1\n  next: .*build\.py deploy"):
        status(make_settings(), cloud)


class Unwell:
    """A fake of all services in which every part is unhealthy, without permission to read the queue."""

    def get_function_configuration(self, **_: Any) -> Any:
        return {"State": "Failed", "StateReason": "no zip", "LastUpdateStatus": "Failed"}

    def get_metric_statistics(self, **_: Any) -> Any:
        return {"Datapoints": [{"Sum": 2.0}, {"Sum": 1.0}]}

    def get_event_source_mapping(self, UUID: str) -> Any:  # noqa: N803 - as boto3 has it
        if UUID == "an-id-that-is-gone":
            raise refused("GetEventSourceMapping", "ResourceNotFoundException", "no")
        return {"State": "Enabled", "LastProcessingResult": "PROBLEM: Function call failed"}

    def get_distribution(self, **_: Any) -> Any:
        return {"Distribution": {"Status": "Deployed", "DistributionConfig": {"Enabled": False}}}

    def get_queue_attributes(self, **_: Any) -> Any:
        raise refused("GetQueueAttributes", "AccessDenied", "no")

    def scan(self, **_: Any) -> Any:
        return {"Count": 3}

    def describe_alarms(self, **_: Any) -> Any:
        return {
            "MetricAlarms": [
                {
                    "AlarmName": "a-1",
                    "StateValue": "ALARM",
                    "StateUpdatedTimestamp": NOW,
                    "AlarmDescription": "It fails",
                }
            ]
        }

    def list_subscriptions_by_topic(self, **_: Any) -> Any:
        return {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]}


def test_unhealthy_parts_are_reported_with_a_fix() -> None:
    unwell = Unwell()
    services = ("lambda", "cloudwatch", "cloudfront", "sqs", "dynamodb", "sns")
    target = FakeTarget(clients=dict.fromkeys(services, unwell))
    outputs = {names.ROUTER_FUNCTION: "r", names.DISTRIBUTION_ID: "E1", names.VISITOR_COUNTS_TABLE: "counts"}
    resources = {
        "RouterErrors": ("AWS::CloudWatch::Alarm", "a-1"),
        "Alerts": ("AWS::SNS::Topic", "arn:topic"),
        names.UNDELIVERED: ("AWS::SQS::Queue", "https://queue"),
        "VisitsMapping": ("AWS::Lambda::EventSourceMapping", "an-id"),
        "CountMapping": ("AWS::Lambda::EventSourceMapping", "an-id-that-is-gone"),
    }
    findings = examine(outputs, resources, target, NOW)
    wells = {finding.part: finding.well for finding in findings}
    assert wells == {
        "router": False,
        "router errors": False,
        "stream VisitsMapping": False,
        "stream CountMapping": False,
        "distribution": False,
        "given up": None,
        "waiting": True,
        "budget": True,
        "alarm RouterErrors": False,
        "alert e-mail": False,
    }
    assert all(finding.fix for finding in findings if finding.well is not True)
    shown = Status("cv", "us-east-1", "CREATE_COMPLETE", None, "", {}, None, findings)
    assert not shown.healthy
    assert "  !!  alarm RouterErrors       ALARM since 2026-11-24 00:00 UTC" in shown.lines()


def test_an_unknown_part_is_not_unhealthy() -> None:
    assert Status("cv", "r", "s", None, "", {}, None, [Finding("queue", "unknown", None)]).healthy


def test_a_table_without_a_count_has_none(aws: Target) -> None:
    aws.client("dynamodb").create_table(**visits_table("counts"))
    assert visitor_count("counts", aws) == 0


def test_a_table_that_was_deleted_by_hand_is_named(aws: Target) -> None:
    with pytest.raises(CloudError, match="table counts"):
        visitor_count("counts", aws)


def of_stack(status_: str, make_settings: MakeSettings) -> Status:
    """Return the status of a stack without outputs."""
    return status(
        make_settings(), FakeTarget("us-east-1", clients={"cloudformation": FakeCloudFormation([Moment(status_)])})
    )


@pytest.mark.parametrize(
    ("state", "well", "words"),
    [
        ("CREATE_IN_PROGRESS", True, "an operation is in progress"),
        ("ROLLBACK_COMPLETE", False, "ROLLBACK_COMPLETE"),
    ],
)
def test_a_stack_without_outputs_has_no_count(state: str, well: bool, words: str, make_settings: MakeSettings) -> None:
    found = of_stack(state, make_settings)
    assert (found.count, found.healthy) == (None, well)
    assert words in found.findings[0].state
    assert found.as_json()["count"] is None


def test_a_stack_of_an_earlier_release_lacks_parts() -> None:
    class Throttled(Unwell):
        def get_event_source_mapping(self, UUID: str) -> Any:  # noqa: N803 - as boto3 has it
            raise refused("GetEventSourceMapping", "TooManyRequestsException", f"Rate exceeded for {UUID}")

    services = ("lambda", "cloudwatch", "cloudfront", "sqs", "dynamodb", "sns")
    target = FakeTarget(clients=dict.fromkeys(services, Throttled()))
    outputs = {names.ROUTER_FUNCTION: "r", names.DISTRIBUTION_ID: "E1", names.VISITOR_COUNTS_TABLE: "counts"}
    found = {one.part: one for one in examine(outputs, {}, target, NOW)}
    assert found["stream"].state == "no event source mapping: only the sweep counts"
    assert "given up" not in found
    assert found["alarms"].state == "none: settings.toml has no alerts.email"
    mapping = {"VisitsMapping": ("AWS::Lambda::EventSourceMapping", "an-id")}
    unknown = next(one for one in examine(outputs, mapping, target, NOW) if one.part == "stream")
    assert (unknown.well, unknown.state) == (
        None,
        "unknown: GetEventSourceMapping failed: Rate exceeded for an-id (TooManyRequestsException)",
    )
