"""The sentences about the router's log events: each event has at least one, which mypy verifies."""

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

ROOT = Path(__file__).resolve().parents[3]
EVENTS: st.SearchStrategy[LogEvent] = st.one_of([st.from_type(kind) for kind in get_args(LogEvent)])
WHERE = ("a.py:1 f", "b.py:2 g")

NONE_OPEN = log.Broadcast(3, 0, 0, 0, 0, 0, 0, {}, 1)
TOLD = log.Broadcast(201, 5, 5, 0, 0, 0, 0, {}, 1)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (log.VisitRecorded("abcd"), "visitor arrived (count will follow)"),
        (log.VisitRepeated("abcd"), "visitor came back (counted before)"),
        (
            log.VisitNotCounted("abcd", log.NotCountedReason.ASKED),
            "visitor not counted: at the request of the page",
        ),
        (log.VisitNotCounted("abcd", log.NotCountedReason.CRAWLER), "visitor not counted: a crawler"),
        (
            log.VisitNotCounted("abcd", log.NotCountedReason.LIMIT),
            "visitor not counted: rate limit of the address for today",
        ),
        (
            log.ConnectionRefused("abcd", 403, log.RefusalReason.ORIGIN, log.OriginKind.SITE),
            "refused a WebSocket from a foreign origin (site)",
        ),
        (
            log.ConnectionRefused("abcd", 403, log.RefusalReason.ORIGIN),
            "refused a WebSocket from a foreign origin",
        ),
        (log.ConnectionRefused("abcd", 400, log.RefusalReason.VISIT), "refused a WebSocket: malformed visit id"),
        (
            log.ConnectionRefused("abcd", 429, log.RefusalReason.LIMIT),
            "refused a WebSocket: too many from one address in ten minutes",
        ),
        (log.ReplyFailed("abcd", log.Outcome.THROTTLED, "429"), "error: a page got no reply: throttled 429"),
        (log.VisitsCounted(1, 0, 0, 0, 1), "counted 1 visit"),
        (log.VisitsCounted(12, 0, 0, 0, 1), "counted 12 visits"),
        (TOLD, "broadcast 201 to 5 pages"),
        (log.Broadcast(1, 1, 1, 0, 0, 0, 0, {}, 1), "broadcast 1 to 1 page"),
        (log.Broadcast(9, 5, 3, 0, 0, 1, 1, {"x": 1}, 1), "broadcast 9 to 3 pages, not to 2 more"),
        (
            log.BroadcastFailed("StoreError", "Scan: Odd", WHERE),
            "error: the count was not broadcast: StoreError: Scan: Odd (at b.py:2 g)",
        ),
        (
            log.BadgeFailed("BucketError", "PutObject: AccessDenied", WHERE),
            "error: badge.svg was not written: BucketError: PutObject: AccessDenied (at b.py:2 g)",
        ),
        (log.BackupFailed("KeyError", None, ()), "error: the count was not backed up: KeyError"),
        (log.Swept(2, 0, 0, 0, 1, 3, complete=True), "sweep: counted 2 late visits, removed 3 expired connections"),
        (
            log.UnknownEvent(log.Source.OTHER, ("a", "{b}")),
            "error: the router received an unknown event (a, {b})",
        ),
        (
            log.EventFailed("StoreError", "PutItem: no {table}", WHERE, event="Connect"),
            "error: Connect: StoreError: PutItem: no {table} (at b.py:2 g)",
        ),
    ],
)
def test_sentences_that_local_shows(event: LogEvent, said: str) -> None:
    (sentence,) = sentences_of(event)
    assert (str(sentence), sentence.quiet) == (said, False)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (log.Disconnected("abcd"), "visitor left"),
        (log.Replied("abcd", 7), "sent the count, 7, to a page"),
        (log.ReplyRefused("abcd"), "rate limit: a message of a page was not answered"),
        (log.ReplyFailed("abcd", log.Outcome.GONE, "GoneException"), "a page was closed before the reply"),
        (log.VisitsCounted(0, 4, 0, 0, 1), "not counted now: 4 counted before"),
        (NONE_OPEN, "the count is 3; no page is open"),
        (log.BroadcastUnneeded(3), "the count, 3, has already been broadcast"),
        (log.BadgeWritten(3), "wrote badge.svg with the count, 3"),
        (log.BackupWritten(3, 2), "backed up the count, 3, and 2 days"),
        (log.Swept(0, 0, 0, 0, 0, 0, complete=True), "sweep: nothing to do"),
    ],
)
def test_quiet_sentences(event: LogEvent, said: str) -> None:
    (sentence,) = sentences_of(event)
    assert (str(sentence), sentence.quiet) == (said, True)


def test_a_batch_that_was_counted_in_part_has_two_sentences() -> None:
    loud, quiet = sentences_of(log.VisitsCounted(3, 1, 0, 2, 1))
    assert (str(loud), loud.quiet) == ("counted 3 visits", False)
    assert (str(quiet), quiet.quiet) == ("not counted now: 1 counted before, 2 left for the sweep", True)


@given(st.lists(EVENTS, max_size=5))
def test_every_event_has_a_sentence_alone_and_in_a_burst(events: list[LogEvent]) -> None:
    said = [sentences_of(event) for event in events]
    assert all(said)
    assert all(str(sentence) for sentence in merged(one for some in said for one in some))


def test_an_event_without_a_sentence_is_a_type_error(tmp_path: Path) -> None:
    source = (ROOT / "deployment/operations/log_lines.py").read_text()
    case = '        case log.BadgeFailed():\n            return [_failed("badge.svg was not written", event)]\n'
    assert case in source
    forgetful = tmp_path / "forgetful.py"
    forgetful.write_text(source.replace(case, ""))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(forgetful)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    (error,) = [line for line in checked.stdout.splitlines() if ": error:" in line]
    assert '"assert_never" has incompatible type "BadgeFailed"' in error
