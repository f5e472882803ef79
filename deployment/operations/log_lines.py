"""The router's log events as sentences for a person. Pure.

The events are those of router/contract/log_events.py. `local` shows the sentences that matter to somebody who looks at
the page; `logs` shows the quiet ones too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from router.contract import log_events as log
from router.contract.log_events import LogEvent, NotCountedReason, Outcome, RefusalReason


@dataclass(frozen=True)
class Sentence:
    """text: with one `{}` where the number stands, or none. Sentences of the same kind in a burst become one line:
    their numbers are added, or the newest is taken where only the newest matters. quiet: not for who looks at the
    page, but for who looks at the function."""

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
    """A burst, each kind once, in the order in which the kinds first came."""
    by_kind: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = by_kind.get(sentence.kind)
        by_kind[sentence.kind] = earlier + sentence if earlier else sentence
    return list(by_kind.values())


def line_sentence(text: str) -> Sentence:
    """A line that is whole already."""
    return Sentence(text, _literally(text), newest=True)


def error_sentence(text: str) -> Sentence:
    return Sentence(f"error {text}", f"error: {_literally(text)}", newest=True)


def sentences_of(event: LogEvent) -> list[Sentence]:  # noqa: C901, PLR0911, PLR0912 - a row of a table for each event
    """At least one; of a batch that was counted in part, two."""
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
            return [_newest("replied", f"told a page the count, {event.count}", quiet=True)]
        case log.ReplyRefused():
            return [_each("asked", "a page asked too often: no reply", "no reply to {} questions of pages", quiet=True)]
        case log.ReplyFailed():
            return [_reply_failed(event)]
        case log.VisitsCounted():
            return _counted(event)
        case log.Broadcast():
            return [_broadcast(event)]
        case log.BroadcastUnneeded():
            return [_newest("unneeded", f"every page knows the count, {event.count}, already", quiet=True)]
        case log.BroadcastFailed():
            return [_failed("the pages were not told the count", event)]
        case log.BadgeWritten():
            return [_newest("badge", f"badge.svg shows {event.count}", quiet=True)]
        case log.BadgeFailed():
            return [_failed("badge.svg was not written", event)]
        case log.BackupWritten():
            return [_newest("backup", f"backed up the count, {event.count}, and {event.days} days", quiet=True)]
        case log.BackupFailed():
            return [_failed("the count was not backed up", event)]
        case log.Swept():
            return [_swept(event)]
        case log.UnknownEvent():
            return [error_sentence(f"the router got an event that it does not know ({', '.join(event.keys)})")]
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
            why = "the page asked not to be"
        case NotCountedReason.CRAWLER:
            why = "a crawler"
        case NotCountedReason.LIMIT:
            why = "enough from that address today"
        case _:
            assert_never(reason)
    return _each(f"not counted {reason}", f"visitor not counted: {why}", f"visitors not counted: {{}} ({why})")


def _refused(event: log.ConnectionRefused) -> Sentence:
    match event.reason:
        case RefusalReason.ORIGIN:
            # Its kind: whose it was is not logged.
            why, whys = "from a foreign origin", f" ({event.origin})" if event.origin else ""
            return _each(f"refused {why}{whys}", f"refused a socket {why}{whys}", f"refused {{}} sockets {why}{whys}")
        case RefusalReason.VISIT:
            return _each("malformed", "refused a socket: malformed visit id", "refused {} sockets: malformed visit ids")
        case RefusalReason.LIMIT:
            why = "too many from one address in ten minutes"
            return _each("too many", f"refused a socket: {why}", f"refused {{}} sockets: {why}")
        case _:
            assert_never(event.reason)


def _reply_failed(event: log.ReplyFailed) -> Sentence:
    if event.outcome is Outcome.GONE:
        text = "a page was closed before it heard"
        return _each("closed early", text, "{} pages were closed before they heard", quiet=True)
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
        return _newest("nobody", f"the count is {event.count}; no page is open to be told", quiet=True)
    pages = "1 page" if event.reached == 1 else f"{event.reached} pages"
    but = f", not to {missed} more" if missed else ""
    return _newest("broadcast", f"broadcast {event.count} to {pages}{but}")


def _swept(event: log.Swept) -> Sentence:
    if not event.visits and not event.forgotten:
        return _newest("swept nothing", "swept: nothing was left over", quiet=True)
    return _newest("swept", f"swept: counted {event.visits} late visits, forgot {event.forgotten} connections")


def _failed(what: str, event: log.BroadcastFailed | log.BadgeFailed | log.BackupFailed | log.EventFailed) -> Sentence:
    """`where` has the frames, the innermost last."""
    said = ": ".join(filter(None, (what, event.error, event.reason)))
    return error_sentence(f"{said} (at {event.where[-1]})" if event.where else said)


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
