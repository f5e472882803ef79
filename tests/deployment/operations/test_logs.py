"""The output of `logs`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest

from deployment.operations.logs import Entry, readable, seconds_in, show_logs
from errors import CloudError, UsageError
from tests.deployment.fakes import FakeTarget, Lines, refused


def text(message: str) -> list[str]:
    return [line.removeprefix("1970-01-01 00:00:01  ") for line in readable(Entry("1", 1000, message), UTC)]


def router(**fields: Any) -> str:
    return json.dumps({"level": "INFO", "requestId": "r", **fields})


def platform(kind: str, **record: Any) -> str:
    """Return a line of Lambda's own, as it is with LogFormat JSON."""
    return json.dumps(
        {"time": "2026-11-28T16:00:00.000Z", "type": f"platform.{kind}", "record": {"requestId": "r-1", **record}}
    )


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        (router(message="visit_recorded", connection="abcd"), ["new visitor (count will follow)"]),
        (
            router(message="counted", visits=3, repeated=1, rejected=0, left=2, transactions=1),
            ["counted 3 visits", "not counted: 1 already counted, 2 left for the next sweep"],
        ),
        (router(message="badge_written", count=5), ["updated badge.svg: count 5"]),
        (router(message="news", level="WARNING", number=3), ["WARNING: news number 3"]),
        ("START RequestId: 1 Version: $LATEST", []),
        ("REPORT RequestId: 1 Duration: 3 ms", []),
        ("2026 Task timed out after 60.00 seconds", ["error: 2026 Task timed out after 60.00 seconds"]),
        (
            platform("report", status="timeout", metrics={"durationMs": 60000.0}),
            ["error: Lambda ended the invocation r-1: timeout"],
        ),
        (
            platform("report", status="error", errorType="Runtime.ExitError"),
            ["error: Lambda ended the invocation r-1: error, Runtime.ExitError"],
        ),
        (platform("initReport", status="failure"), ["error: Lambda ended the invocation r-1: failure"]),
        (platform("report", status="success"), []),
        (platform("start", version="$LATEST"), []),
        ('{"type": "platform.report", "record": 5}', []),
        ("[ERROR] ImportModuleError: no\nTraceback", ["[ERROR] ImportModuleError: no", "Traceback"]),
        ("red \x1b[31m alert", ["red ?[31m alert"]),
    ],
)
def test_an_entry_is_readable(message: str, lines: list[str]) -> None:
    assert text(message) == lines


@pytest.mark.parametrize(("span", "seconds"), [("90s", 90), ("30m", 1800), ("1h", 3600), ("2 d", 172_800)])
def test_spans(span: str, seconds: int) -> None:
    assert seconds_in(span) == seconds


@pytest.mark.parametrize("span", ["", "yesterday", "5", "-1h", "1w"])
def test_an_invalid_span_is_rejected(span: str) -> None:
    with pytest.raises(UsageError, match="not a time span"):
        seconds_in(span)


class FakeLogs:
    """A fake that returns or raises the next of `answers`, the last one repeatedly."""

    def __init__(self, *answers: Any) -> None:
        self.starts: list[int] = []
        self._answers = list(answers)

    def get_paginator(self, _operation: str) -> FakeLogs:
        return self

    def paginate(self, startTime: int, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - as boto3 has it
        self.starts.append(startTime)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        yield {"events": answer}


def entry(identifier: str, at: int) -> dict[str, Any]:
    return {"eventId": identifier, "timestamp": at, "message": f"entry {identifier}"}


def test_late_entries_are_followed_and_none_is_printed_twice(say: Lines) -> None:
    logs = FakeLogs([entry("a", 999_000)], [entry("a", 999_000), entry("c", 1_001_000), entry("b", 999_500)], [])
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise KeyboardInterrupt

    target = FakeTarget(clients={"logs": logs})
    with pytest.raises(KeyboardInterrupt):
        show_logs("group", target, say, since_seconds=60, follow=True, now=lambda: 1000.0, sleep=sleep)
    assert [line.rsplit(" ", 1)[-1] for line in say] == ["a", "b", "c"]
    assert logs.starts == [940_000, 940_000, 940_000]


def test_an_empty_or_missing_log_group_is_reported(say: Lines) -> None:
    missing = refused("FilterLogEvents", "ResourceNotFoundException", "no group")
    for logs in (FakeLogs([]), FakeLogs(missing)):
        show_logs("group", FakeTarget(clients={"logs": logs}), say, since_seconds=3600)
    assert say == ["no entries in the last 1 h"] * 2


def test_other_service_errors_are_raised(say: Lines) -> None:
    logs = FakeLogs(refused("FilterLogEvents", "AccessDeniedException", "no"))
    with pytest.raises(CloudError, match="log group group"):
        show_logs("group", FakeTarget(clients={"logs": logs}), say, since_seconds=3600)
