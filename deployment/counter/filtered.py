"""The connections per day that were not counted, and why, from the router's log.

The router writes a line for each anyway, so this needs no item, no write per connection and no personal data. Reading
them is free of charge (FilterLogEvents; a query of Logs Insights is not) but takes a request per megabyte or so, and
reaches back as far as `logs.retention_days`, and not beyond the creation of the log group: numbers of earlier days are
unknown, not 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from router.contract.log_events import ConnectionRefused, LogEvent, VisitNotCounted, VisitRepeated
from router.contract.log_reader import decode
from router.contract.log_values import NotCountedReason


class Filtered(StrEnum):
    """Why a connection was not counted as a visit."""

    REPEATED = "repeated"  # a reload or a reconnect of a visit that has been counted
    CRAWLER = "crawler"
    LIMIT = "limit"  # the address has reached its limit of visits a day
    ASKED = "asked"  # the page was opened with #not-me
    REFUSED = "refused"  # a foreign page, a malformed id, or too many connections of one address


_REASONS = {
    NotCountedReason.ASKED: Filtered.ASKED,
    NotCountedReason.CRAWLER: Filtered.CRAWLER,
    NotCountedReason.LIMIT: Filtered.LIMIT,
}
_EVENTS = (VisitRepeated, VisitNotCounted, ConnectionRefused)
PATTERN = "{ " + " || ".join(f'($.message = "{event.message}")' for event in _EVENTS) + " }"
"""The filter of the request. An emulator may ignore it, so the lines are filtered again."""


def reason_of(event: LogEvent | None) -> Filtered | None:
    """Return why the connection of a log event was not counted; None for any other event."""
    match event:
        case VisitRepeated():
            return Filtered.REPEATED
        case VisitNotCounted():
            return _REASONS[event.reason]
        case ConnectionRefused():
            return Filtered.REFUSED
        case _:
            return None


def read_filtered(group: str, target: Target, dates: Sequence[str]) -> dict[str, Counter[Filtered]]:
    """Return the numbers of each of the dates (UTC, in order) from the day on which the log group was created.

    Raises CloudError when a request fails.
    """
    created = _day_of_creation(group, target)
    found: dict[str, Counter[Filtered]] = {date: Counter() for date in dates if created and date >= created}
    if not found:
        return {}
    start = datetime.fromisoformat(f"{min(found)}T00:00:00+00:00")
    for at, line in _lines(group, target, int(start.timestamp() * 1000)):
        reason, day = reason_of(decode(line)), _day(at)
        if reason and day in found:
            found[day][reason] += 1
    return found


def sums(filtered: Mapping[str, Counter[Filtered]]) -> Counter[Filtered]:
    """Return the numbers of all days together."""
    return sum(filtered.values(), Counter())


def _day(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d}"


def _day_of_creation(group: str, target: Target) -> str:
    """Return the UTC day on which a log group was created, "" if it does not exist."""
    with translated(f"log group {group}"):
        found = target.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    return next((_day(one["creationTime"]) for one in found if one["logGroupName"] == group), "")


def _lines(group: str, target: Target, start: int) -> Iterator[tuple[int, str]]:
    with translated(f"log group {group}"):
        pages = target.client("logs").get_paginator("filter_log_events")
        try:
            for page in pages.paginate(logGroupName=group, startTime=start, filterPattern=PATTERN):
                yield from ((event["timestamp"], event["message"].strip()) for event in page["events"])
        except ClientError as exc:
            if error_code(exc) != "ResourceNotFoundException":
                raise
