"""The router's log, one readable line per entry, optionally followed.

CloudWatch Logs may return an entry late and out of order, so each poll of `--follow` requests the last minute again and
skips the IDs that have been printed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from botocore.exceptions import ClientError

from console import Say
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.operations.log_lines import error_sentence, sentences_of
from errors import UsageError
from router.contract.log_reader import decode, fields_of

POLL_SECONDS = 2.0
LATE_MILLISECONDS = 60_000
"""Maximum delay of an entry that `--follow` still prints."""

_PLATFORM = re.compile(r"(?:START|END|REPORT) RequestId: |INIT_START |EXTENSION\t|INIT_REPORT ")
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds|Runtime exited|signal: killed")
_OF_LAMBDA = "platform."
_FAILED = ("timeout", "error", "failure")
"""How the type of Lambda's own lines begins in JSON, and the status of a failure in them. Source: "Lambda Telemetry API
Event schema reference", AWS Lambda Developer Guide."""

_SPAN = re.compile(r"(\d+)\s*([smhd])")
_SECONDS_IN = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters and bidirectional overrides, which must not reach a terminal."""


@dataclass(frozen=True)
class Entry:
    """A log entry. at: milliseconds since 1970."""

    id: str
    at: int
    text: str


def seconds_in(span: str) -> int:
    """Return `90s`, `30m`, `1h` or `2d` in seconds. Raises UsageError for anything else."""
    found = _SPAN.fullmatch(span.strip())
    if not found:
        raise UsageError(f"--since {span}", "is not a time span", "give it as 90s, 30m, 1h or 2d")
    return int(found[1]) * _SECONDS_IN[found[2]]


def readable(entry: Entry, zone: tzinfo | None = None) -> list[str]:
    """Return the lines of an entry, with its time in `zone` (default: local time); none for Lambda's own entries."""
    moment = datetime.fromtimestamp(entry.at / 1000, UTC).astimezone(zone)
    return [f"{moment:%Y-%m-%d %H:%M:%S}  {_UNPRINTABLE.sub('?', text)}" for text in _texts(entry.text.strip())]


def show_logs(  # noqa: PLR0913 - each replaceable in tests
    group: str,
    target: Target,
    say: Say,
    *,
    since_seconds: int,
    follow: bool = False,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Print the entries of the last `since_seconds`; with `follow`, poll for new ones until Ctrl-C.

    A log group that does not exist yet counts as empty. Raises CloudError when a request fails.
    """
    start = int((now() - since_seconds) * 1000)
    shown: dict[str, int] = {}
    for entry in _entries(group, target, start):
        shown[entry.id] = entry.at
        _say_all(entry, say)
    if not shown:
        say(f"no entries in the last {_span(since_seconds)}")
    while follow:
        sleep(POLL_SECONDS)
        oldest = max(start, int(now() * 1000) - LATE_MILLISECONDS)
        for entry in [entry for entry in _entries(group, target, oldest) if entry.id not in shown]:
            shown[entry.id] = entry.at
            _say_all(entry, say)
        shown = {identifier: at for identifier, at in shown.items() if at >= oldest}


def _say_all(entry: Entry, say: Say) -> None:
    for line in readable(entry):
        say(line)


def _texts(text: str) -> list[str]:
    if _TIMED_OUT.search(text):
        return [str(error_sentence(text.partition("\n")[0]))]
    if _PLATFORM.match(text) or not text:
        return []
    event = decode(text)
    if event is not None:
        return [str(sentence) for sentence in sentences_of(event)]
    fields = fields_of(text)
    if str(fields.get("type", "")).startswith(_OF_LAMBDA):
        return _of_lambda(fields.get("record"))
    return [_plainly(fields)] if fields else text.split("\n")


def _of_lambda(record: object) -> list[str]:
    """Return the sentence of an invocation or a start that failed; none for any other."""
    if not isinstance(record, Mapping) or record.get("status") not in _FAILED:
        return []
    why = ", ".join(str(record[name]) for name in ("status", "errorType") if record.get(name))
    what = f"the invocation {record['requestId']}" if record.get("requestId") else "a start"
    return [str(error_sentence(f"Lambda ended {what}: {why}"))]


def _plainly(fields: Mapping[str, Any]) -> str:
    """Format a line that only the router of another release writes."""
    rest = ", ".join(
        f"{name} {value}" for name, value in fields.items() if name not in ("level", "message", "requestId")
    )
    return f"{fields.get('level', 'INFO')}: {fields.get('message', '')} {rest}".rstrip()


def _entries(group: str, target: Target, start: int) -> Iterator[Entry]:
    """Yield entries page by page, so that they are printed while the next page is fetched."""
    pages = target.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, startTime=start)
    with translated(f"log group {group}"):
        try:
            for page in pages:
                for found in sorted(page["events"], key=lambda event: event["timestamp"]):
                    yield Entry(_id(found), found["timestamp"], found["message"])
        except ClientError as exc:
            if error_code(exc) != "ResourceNotFoundException":
                raise


def _id(found: Mapping[str, Any]) -> str:
    """Return the ID of an entry, which some emulators lack."""
    return str(found.get("eventId") or f"{found.get('logStreamName')} {found['timestamp']} {found['message']}")


def _span(seconds: int) -> str:
    unit, length = next((unit, length) for unit, length in reversed(_SECONDS_IN.items()) if seconds % length == 0)
    return f"{seconds // length} {unit}"
