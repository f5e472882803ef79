"""The router's log events as readable sentences. Pure.

The events are defined in router/contract/log_events.py. `logs` shows all sentences; `local` omits the quiet ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from router.contract import log_events as log
from router.contract.log_events import LogEvent, NotCountedReason, Outcome, RefusalReason


@dataclass(frozen=True)
class Sentence:
    """A sentence about an event. text: with a `{}` for the number, or without; many: for a number other than 1.

    In a burst, sentences of the same kind are merged: their numbers are added, or with `newest` the last one is used.
    quiet: only of interest when debugging the function.
    """

    kind: str
    text: str
    number: int = 1
    many: str = ""
    newest: bool = False
    quiet: bool = False

    def __str__(self) -> str:
        return (self.many if self.many and self.number != 1 else self.text).format(self.number)

    def __add__(self, later: Sentence) -> Sentence:
        return later if self.newest else replace(later, number=self.number + later.number)


def merged(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Merge a burst: one sentence per kind, in the order of their first occurrence."""
    by_kind: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = by_kind.get(sentence.kind)
        by_kind[sentence.kind] = earlier + sentence if earlier else sentence
    return list(by_kind.values())


def line_sentence(text: str) -> Sentence:
    """Return a sentence with a literal text."""
    return Sentence(text, _literally(text), newest=True)


def error_sentence(text: str) -> Sentence:
    """Return a sentence about an error."""
    return Sentence(f"error {text}", f"error: {_literally(text)}", newest=True)


def sentences_of(event: LogEvent) -> list[Sentence]:  # noqa: C901, PLR0911, PLR0912 - a row of a table for each event
    """Return the sentences about an event: one, or two for a batch that was counted in part."""
    match event:
        case log.VisitRecorded():
            return [_each("arrived", "visitor arrived (count will follow)", "visitors arrived: {} (count will follow)")]
        case log.VisitRepeated():
            return [_each("back", "visitor came back (counted before)", "visitors came back: {} (counted before)")]
        case log.VisitNotCounted():
            return [_not_counted(event.reason)]
        case log.ConnectionRefused():
            return [_refused(event)]
        case log.Disconnected():
            return [_each("left", "visitor left", "visitors left: {}", quiet=True)]
        case log.Replied():
            return [_newest("replied", f"sent the count, {event.count}, to a page", quiet=True)]
        case log.ReplyRefused():
            return [
                _each(
                    "asked",
                    "rate limit: a message of a page was not answered",
                    "rate limit: {} messages of pages were not answered",
                    quiet=True,
                )
            ]
        case log.ReplyFailed():
            return [_reply_failed(event)]
        case log.VisitsCounted():
            return _counted(event)
        case log.Broadcast():
            return [_broadcast(event)]
        case log.BroadcastUnneeded():
            return [_newest("unneeded", f"the count, {event.count}, has already been broadcast", quiet=True)]
        case log.BroadcastFailed():
            return [_failed("the count was not broadcast", event)]
        case log.BadgeWritten():
            return [_newest("badge", f"wrote badge.svg with the count, {event.count}", quiet=True)]
        case log.BadgeFailed():
            return [_failed("badge.svg was not written", event)]
        case log.BackupWritten():
            return [_newest("backup", f"backed up the count, {event.count}, and {event.days} days", quiet=True)]
        case log.BackupFailed():
            return [_failed("the count was not backed up", event)]
        case log.Swept():
            return [_swept(event)]
        case log.UnknownEvent():
            return [error_sentence(f"the router received an unknown event ({', '.join(event.keys)})")]
        case log.EventFailed():
            return [_failed(event.event, event)]
        case _:
            assert_never(event)


def _each(kind: str, text: str, many: str, *, quiet: bool = False) -> Sentence:
    return Sentence(kind, text, many=many, quiet=quiet)


def _newest(kind: str, text: str, *, quiet: bool = False) -> Sentence:
    return Sentence(kind, _literally(text), newest=True, quiet=quiet)


def _not_counted(reason: NotCountedReason) -> Sentence:
    match reason:
        case NotCountedReason.ASKED:
            why = "at the request of the page"
        case NotCountedReason.CRAWLER:
            why = "a crawler"
        case NotCountedReason.LIMIT:
            why = "rate limit of the address for today"
        case _:
            assert_never(reason)
    return _each(f"not counted {reason}", f"visitor not counted: {why}", f"visitors not counted: {{}} ({why})")


def _refused(event: log.ConnectionRefused) -> Sentence:
    match event.reason:
        case RefusalReason.ORIGIN:
            # The kind of origin; the origin itself is not logged.
            why, whys = "from a foreign origin", f" ({event.origin})" if event.origin else ""
            return _each(
                f"refused {why}{whys}", f"refused a WebSocket {why}{whys}", f"refused {{}} WebSockets {why}{whys}"
            )
        case RefusalReason.VISIT:
            return _each(
                "malformed", "refused a WebSocket: malformed visit id", "refused {} WebSockets: malformed visit ids"
            )
        case RefusalReason.LIMIT:
            why = "too many from one address in ten minutes"
            return _each("too many", f"refused a WebSocket: {why}", f"refused {{}} WebSockets: {why}")
        case _:
            assert_never(event.reason)


def _reply_failed(event: log.ReplyFailed) -> Sentence:
    if event.outcome is Outcome.GONE:
        text = "a page was closed before the reply"
        return _each("closed early", text, "{} pages were closed before the reply", quiet=True)
    return error_sentence(f"a page got no reply: {event.outcome} {event.code}".rstrip())


def _counted(event: log.VisitsCounted) -> list[Sentence]:
    rest = {
        "counted before": event.repeated,
        "left for the sweep": event.left,
        "refused by DynamoDB": event.rejected,
    }
    parts = [f"{number} {why}" for why, number in rest.items() if number]
    found = [Sentence("counted", "counted 1 visit", event.visits, many="counted {} visits", quiet=not event.visits)]
    if parts:
        found = [*(found if event.visits else []), _newest("rest", f"not counted now: {', '.join(parts)}", quiet=True)]
    return found


def _broadcast(event: log.Broadcast) -> Sentence:
    missed = event.failed + event.left
    if not event.reached and not missed:
        return _newest("nobody", f"the count is {event.count}; no page is open", quiet=True)
    pages = "1 page" if event.reached == 1 else f"{event.reached} pages"
    but = f", not to {missed} more" if missed else ""
    return _newest("broadcast", f"broadcast {event.count} to {pages}{but}")


def _swept(event: log.Swept) -> Sentence:
    if not event.visits and not event.forgotten:
        return _newest("swept nothing", "sweep: nothing to do", quiet=True)
    return _newest("swept", f"sweep: counted {event.visits} late visits, removed {event.forgotten} expired connections")


def _failed(what: str, event: log.BroadcastFailed | log.BadgeFailed | log.BackupFailed | log.EventFailed) -> Sentence:
    """Return a sentence about a failure. The last element of `event.where` is the innermost frame."""
    said = ": ".join(filter(None, (what, event.error, event.reason)))
    return error_sentence(f"{said} (at {event.where[-1]})" if event.where else said)


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
