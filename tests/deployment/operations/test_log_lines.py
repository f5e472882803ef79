"""The sentences of log events: each event has at least one, and mypy reports a missing one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.operations.log_lines import merged, sentences_of
from router.contract import log_events as log
from router.contract.log_events import LogEvent
from router.contract.log_values import NotCountedReason, OriginKind, Outcome, RefusalReason, Source

ROOT = Path(__file__).resolve().parents[3]
EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in get_args(LogEvent)])
WHERE = ("a.py:1 f", "b.py:2 g")

NONE_OPEN = log.Broadcast(3, 0, 0, 0, 0, 0, 0, {}, 1)
REACHED = log.Broadcast(201, 5, 5, 0, 0, 0, 0, {}, 1)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (log.VisitRecorded("abcd"), "new visitor (count will follow)"),
        (log.VisitRepeated("abcd"), "returning visitor (already counted)"),
        (
            log.VisitNotCounted("abcd", NotCountedReason.ASKED),
            "visitor not counted: opted out",
        ),
        (log.VisitNotCounted("abcd", NotCountedReason.CRAWLER), "visitor not counted: crawler"),
        (
            log.VisitNotCounted("abcd", NotCountedReason.LIMIT),
            "visitor not counted: daily limit of the address",
        ),
        (
            log.ConnectionRefused("abcd", 403, RefusalReason.ORIGIN, OriginKind.SITE),
            "refused a connection: origin not allowed (site)",
        ),
        (
            log.ConnectionRefused("abcd", 403, RefusalReason.ORIGIN),
            "refused a connection: origin not allowed",
        ),
        (log.ConnectionRefused("abcd", 400, RefusalReason.VISIT), "refused a connection: malformed visit id"),
        (
            log.ConnectionRefused("abcd", 429, RefusalReason.LIMIT),
            "refused a connection: too many from one address in ten minutes",
        ),
        (log.ReplyFailed("abcd", Outcome.THROTTLED, "429"), "error: reply to a page failed: throttled 429"),
        (log.VisitsCounted(1, 0, 0, 0, 1), "counted 1 visit"),
        (log.VisitsCounted(12, 0, 0, 0, 1), "counted 12 visits"),
        (REACHED, "broadcast 201 to 5 pages"),
        (log.Broadcast(1, 1, 1, 0, 0, 0, 0, {}, 1), "broadcast 1 to 1 page"),
        (log.Broadcast(9, 5, 3, 0, 0, 1, 1, {"x": 1}, 1), "broadcast 9 to 3 pages, 2 failed"),
        (
            log.BroadcastFailed("StoreError", "Scan: Odd", WHERE),
            "error: broadcast failed: StoreError: Scan: Odd (at b.py:2 g)",
        ),
        (
            log.PresenceFailed("StoreBusyError", "UpdateItem: Odd", ()),
            "error: noting who is here failed: StoreBusyError: UpdateItem: Odd",
        ),
        (
            log.BadgeFailed("BucketError", "PutObject: AccessDenied", WHERE),
            "error: updating badge.svg failed: BucketError: PutObject: AccessDenied (at b.py:2 g)",
        ),
        (log.BackupFailed("KeyError", None, ()), "error: backing up the count failed: KeyError"),
        (log.Swept(2, 0, 0, 0, 1, 3, complete=True), "sweep: counted 2 late visits, deleted 3 expired connections"),
        (
            log.UnknownEvent(Source.OTHER, ("a", "{b}")),
            "error: the router received an unknown event (keys: a, {b})",
        ),
        (
            log.EventFailed("StoreError", "PutItem: no {table}", WHERE, event="Connect"),
            "error: handling Connect failed: StoreError: PutItem: no {table} (at b.py:2 g)",
        ),
    ],
)
def test_sentences_of_local_and_logs(event: LogEvent, text: str) -> None:
    (sentence,) = sentences_of(event)
    assert (str(sentence), sentence.quiet) == (text, False)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (log.Disconnected("abcd"), "visitor disconnected"),
        (log.Replied("abcd", 7), "replied to a page: count 7"),
        (log.ReplyRefused("abcd"), "rate limit: ignored a message"),
        (log.ReplyFailed("abcd", Outcome.GONE, "GoneException"), "a page closed before the reply"),
        (log.VisitsCounted(0, 4, 0, 0, 1), "not counted: 4 already counted"),
        (NONE_OPEN, "count 3: no open page to broadcast to"),
        (log.BroadcastUnneeded(3), "no broadcast needed: every page has count 3"),
        (log.BadgeWritten(3), "updated badge.svg: count 3"),
        (log.BackupWritten(3, 2), "backed up: count 3, 2 days"),
        (log.Swept(0, 0, 0, 0, 0, 0, complete=True), "sweep: nothing to do"),
    ],
)
def test_quiet_sentences_of_logs_only(event: LogEvent, text: str) -> None:
    (sentence,) = sentences_of(event)
    assert (str(sentence), sentence.quiet) == (text, True)


def test_a_partly_counted_batch_has_two_sentences() -> None:
    loud, quiet = sentences_of(log.VisitsCounted(3, 1, 0, 2, 1))
    assert (str(loud), loud.quiet) == ("counted 3 visits", False)
    assert (str(quiet), quiet.quiet) == ("not counted: 1 already counted, 2 left for the next sweep", True)


@given(st.lists(EVENTS, max_size=5))
def test_every_event_has_a_sentence_alone_and_in_a_burst(events: list[LogEvent]) -> None:
    said = [sentences_of(event) for event in events]
    assert all(said)
    assert all(str(sentence) for sentence in merged(one for some in said for one in some))


def test_an_event_without_a_sentence_is_a_type_error(tmp_path: Path) -> None:
    source = (ROOT / "deployment/operations/log_lines.py").read_text()
    case = '        case log.BadgeFailed():\n            return [_failed("updating badge.svg failed", event)]\n'
    assert case in source
    forgetful = tmp_path / "forgetful.py"
    forgetful.write_text(source.replace(case, ""))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(forgetful)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    (error,) = [line for line in checked.stdout.splitlines() if ": error:" in line]
    assert '"assert_never" has incompatible type "BadgeFailed"' in error
