"""What was not counted, from the router's log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from deployment.counter.filtered import PATTERN, Filtered, read_filtered, reason_of, sums
from errors import CloudError
from router.contract.log_events import ConnectionRefused, VisitNotCounted, VisitRecorded, VisitRepeated
from router.contract.log_line import encode
from router.contract.log_values import NotCountedReason, RefusalReason
from tests.deployment.fakes import FakeTarget, refused

DATES = ["2026-11-27", "2026-11-28"]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


class Logs:
    """CloudWatch Logs with two pages of lines. It keeps the last request."""

    def __init__(self, *lines: tuple[int, str], fault: Exception | None = None, since: str = "2026-01-01") -> None:
        self.groups = [{"logGroupName": "group-2", "creationTime": 1}]
        self.groups += [{"logGroupName": "group", "creationTime": at(since)}] if since else []
        self.pages = [lines[:2], lines[2:]]
        self.fault = fault
        self.request: dict[str, Any] = {}

    def describe_log_groups(self, **request: Any) -> Any:
        assert request == {"logGroupNamePrefix": "group"}
        return {"logGroups": self.groups}

    def get_paginator(self, operation: str) -> Logs:
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Any:
        self.request = request
        if self.fault:
            raise self.fault
        return [{"events": [{"timestamp": when, "message": line} for when, line in page]} for page in self.pages]


def read(logs: Logs) -> dict[str, Any]:
    return dict(read_filtered("group", FakeTarget(clients={"logs": logs}), DATES))


def test_every_reason_has_its_name() -> None:
    assert reason_of(VisitRepeated("c")) is Filtered.REPEATED
    assert {reason_of(VisitNotCounted("c", reason)) for reason in NotCountedReason} == {
        Filtered.ASKED,
        Filtered.CRAWLER,
        Filtered.LIMIT,
    }
    assert {reason_of(ConnectionRefused("c", 403, reason)) for reason in RefusalReason} == {Filtered.REFUSED}
    assert reason_of(VisitRecorded("c")) is None
    assert reason_of(None) is None


def test_lines_are_added_up_by_utc_day_and_reason() -> None:
    crawler = encode(VisitNotCounted("c", NotCountedReason.CRAWLER), "r")
    logs = Logs(
        (at("2026-11-27T00:00:00"), crawler),
        (at("2026-11-27T23:59:59"), crawler + "\n"),
        (at("2026-11-28T00:00:00"), encode(VisitRepeated("c"), "r")),
        (at("2026-11-28T01:00:00"), encode(VisitRecorded("c"), "r")),
        (at("2026-11-28T02:00:00"), "REPORT RequestId: visit_repeated"),
        (at("2026-11-29T00:00:00"), crawler),
    )
    found = read(logs)
    assert found == {"2026-11-27": {Filtered.CRAWLER: 2}, "2026-11-28": {Filtered.REPEATED: 1}}
    assert sums(found) == {Filtered.CRAWLER: 2, Filtered.REPEATED: 1}
    assert logs.request == {"logGroupName": "group", "startTime": at("2026-11-27T00:00:00"), "filterPattern": PATTERN}
    for message in ("visit_repeated", "visit_not_counted", "connection_refused"):
        assert f'($.message = "{message}")' in PATTERN
        assert json.dumps(message) in PATTERN


def test_nothing_is_known_of_the_days_before_the_log_group_was_created() -> None:
    repeated = encode(VisitRepeated("c"), "r")
    logs = Logs((at("2026-11-28T13:00:00"), repeated), since="2026-11-28T12:00:00")
    assert read(logs) == {"2026-11-28": {Filtered.REPEATED: 1}}
    assert logs.request["startTime"] == at("2026-11-28T00:00:00")
    assert read(Logs(since="2026-11-29T00:00:00")) == {}


def test_nothing_is_known_without_a_log_group() -> None:
    missing = refused("FilterLogEvents", "ResourceNotFoundException", "no group")
    assert read(Logs(since="", fault=missing)) == {}
    assert sums(read(Logs(fault=missing))) == {}
    with pytest.raises(CloudError, match="log group group"):
        read(Logs(fault=refused("FilterLogEvents", "AccessDeniedException", "no")))
