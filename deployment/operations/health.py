"""The health of each part of the stack, by its own state.

A part whose state cannot be read, for lack of a permission, is reported as unknown, which is not a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.finding import Finding
from deployment.aws.target import Target
from deployment.operations.budget_state import budget_state
from deployment.stack.required_output import required
from errors import CloudError
from router.contract import tables
from template_gen import names

ERROR_HOURS = 24
ALARM = "AWS::CloudWatch::Alarm"
TOPIC = "AWS::SNS::Topic"
QUEUE = "AWS::SQS::Queue"
MAPPING = "AWS::Lambda::EventSourceMapping"


Resources = Mapping[str, tuple[str, str]]
"""Logical ID -> type and physical ID."""


def examine(outputs: Mapping[str, str], resources: Resources, target: Target, now: datetime) -> list[Finding]:
    """One finding a part, and one an alarm."""
    router, table = required(outputs, names.ROUTER_FUNCTION), required(outputs, names.VISITOR_COUNTS_TABLE)
    parts: dict[str, Callable[[], list[Finding]]] = {
        "router": partial(_router, router, target),
        "router errors": partial(_errors, router, target, now),
        "stream": partial(_streams, _of_type(resources, MAPPING), target),
        "distribution": partial(_distribution, required(outputs, names.DISTRIBUTION_ID), target),
        "given up": partial(_given_up, _of_type(resources, QUEUE), target),
        "waiting": partial(_waiting, table, target),
        "budget": lambda: [budget_state(router, table, target, now)],
        "alarms": partial(_alarms, _of_type(resources, ALARM), target),
        "alert e-mail": partial(_subscriptions, _of_type(resources, TOPIC), target),
    }
    return [finding for part, ask in parts.items() for finding in _asked(part, ask)]


def _asked(part: str, ask: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        with translated(part):
            return ask()
    except CloudError as exc:
        return [Finding(part, f"unknown: {exc.what}", None, exc.next_step)]


def _router(function: str, target: Target) -> list[Finding]:
    answer = target.client("lambda").get_function_configuration(FunctionName=function)
    state, update = answer.get("State", "Active"), answer.get("LastUpdateStatus", "Successful")
    well = state in ("Active", "Inactive") and update == "Successful"
    reason = answer.get("StateReason") or answer.get("LastUpdateStatusReason") or ""
    return [
        Finding(
            "router",
            state if well else f"{state}, last update {update} {reason}".rstrip(),
            well,
            "" if well else "deploy again",
        )
    ]


def _errors(function: str, target: Target, now: datetime) -> list[Finding]:
    points = target.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - timedelta(hours=ERROR_HOURS),
        EndTime=now,
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    failed = int(sum(point["Sum"] for point in points))
    state = f"{failed:,} in the last {ERROR_HOURS} hours"
    return [Finding("router errors", state, failed == 0, "python3 build.py logs --since 24h" if failed else "")]


def _streams(mappings: Mapping[str, str], target: Target) -> list[Finding]:
    """mappings: logical ID -> UUID, as the stack has them."""
    if not mappings:
        return [Finding("stream", "no event source mapping: only the sweep counts", False, "deploy again")]
    return [_stream(f"stream {name}", uuid, target) for name, uuid in mappings.items()]


def _stream(part: str, uuid: str, target: Target) -> Finding:
    """By its UUID: a list by the function's name has no mapping that invokes an alias."""
    try:
        mapping = target.client("lambda").get_event_source_mapping(UUID=uuid)
    except ClientError as exc:
        if error_code(exc) != "ResourceNotFoundException":
            raise
        return Finding(part, "is gone", False, "deploy again")
    state, result = mapping.get("State", ""), mapping.get("LastProcessingResult") or "No records processed"
    well = state in ("Enabled", "Creating", "Updating", "Enabling") and not result.startswith("PROBLEM")
    shown = state if result in ("OK", "No records processed") else f"{state}, {result}"
    return Finding(part, shown, well, "" if well else "deploy again; then python3 build.py logs")


def _distribution(identifier: str, target: Target) -> list[Finding]:
    answer = target.client("cloudfront").get_distribution(Id=identifier)["Distribution"]
    enabled = answer["DistributionConfig"]["Enabled"]
    state = answer["Status"] if enabled else f"{answer['Status']}, disabled"
    return [Finding("distribution", state, enabled, "" if enabled else "deploy again")]


def _given_up(queues: Mapping[str, str], target: Target) -> list[Finding]:
    """The queue of the stream records that the router failed on again and again."""
    if names.UNDELIVERED not in queues:
        return []
    attribute = "ApproximateNumberOfMessages"
    answer = target.client("sqs").get_queue_attributes(QueueUrl=queues[names.UNDELIVERED], AttributeNames=[attribute])
    number = int(answer["Attributes"][attribute])
    fix = "the sweep counts their visits; python3 build.py logs says what failed" if number else ""
    return [Finding("given up", f"{number:,} stream records", number == 0, fix)]


def _waiting(table: str, target: Target) -> list[Finding]:
    """A visit waits for a second at most; the sweep takes what was left every five minutes."""
    page = target.client("dynamodb").scan(TableName=table, IndexName=tables.UNCOUNTED_INDEX, Select="COUNT")
    more = "over " if page.get("LastEvaluatedKey") else ""
    return [Finding("waiting", f"{more}{page['Count']:,} visits not counted yet")]


def _alarms(alarms: Mapping[str, str], target: Target) -> list[Finding]:
    if not alarms:
        return [Finding("alarms", "none: settings.toml has no alerts.email")]
    answer = target.client("cloudwatch").describe_alarms(AlarmNames=sorted(alarms.values()))["MetricAlarms"]
    logical = {physical: name for name, physical in alarms.items()}
    findings = []
    for alarm in sorted(answer, key=lambda one: logical.get(one["AlarmName"], "")):
        well = alarm["StateValue"] != "ALARM"
        since = alarm.get("StateUpdatedTimestamp")
        state = alarm["StateValue"] + (f" since {since:%Y-%m-%d %H:%M} UTC" if since and not well else "")
        fix = "" if well else f"{alarm.get('AlarmDescription', '')}: python3 build.py logs"
        findings.append(Finding(f"alarm {logical.get(alarm['AlarmName'], alarm['AlarmName'])}", state, well, fix))
    return findings


def _subscriptions(topics: Mapping[str, str], target: Target) -> list[Finding]:
    findings = []
    for arn in topics.values():
        for one in target.client("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
            confirmed = one["SubscriptionArn"].startswith("arn:")
            fix = "" if confirmed else "open the mail from AWS Notifications and confirm"
            state = "confirmed" if confirmed else "not confirmed, so no alarm arrives"
            findings.append(Finding("alert e-mail", state, confirmed, fix))
    return findings


def _of_type(resources: Resources, kind: str) -> dict[str, str]:
    return {name: physical for name, (type_, physical) in resources.items() if type_ == kind}
