"""The router's log events (router/contract/log_events.py) as sentences for the terminal. Pure.

`local` shows the sentences of general interest; `logs` shows the quiet ones as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from router.contract import budget_events as budget
from router.contract import log_events as log
from router.contract.budget import STEPS
from router.contract.log_events import LogEvent
from router.contract.log_values import NotCountedReason, Outcome, RefusalReason


@dataclass(frozen=True)
class Sentence:
    """A sentence of the terminal output. Sentences of the same kind in a burst are merged into one.

    kind: the merge key
    text: the sentence, with at most one `{}` for the number
    number: the number; merging adds the numbers
    many: the text for numbers other than 1
    newest: True if merging keeps only the latest sentence
    quiet: True if only `logs` shows it
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
    """Merge a burst of sentences into one per kind, in the order of first occurrence."""
    by_kind: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = by_kind.get(sentence.kind)
        by_kind[sentence.kind] = earlier + sentence if earlier else sentence
    return list(by_kind.values())


def line_sentence(text: str) -> Sentence:
    """Return a sentence with a fixed text."""
    return Sentence(text, _literally(text), newest=True)


def error_sentence(text: str) -> Sentence:
    """Return a sentence that reports an error."""
    return Sentence(f"error {text}", f"error: {_literally(text)}", newest=True)


def sentences_of(event: LogEvent) -> list[Sentence]:
    """Return the sentences of an event: one, or two if a batch was counted in part."""
    if isinstance(event, log.ConnectionEvent):
        return [_of_connection(event)]
    if isinstance(event, log.ReplyEvent):
        return [_of_reply(event)]
    if isinstance(event, log.CountEvent):
        return _of_count(event)
    if isinstance(event, log.SweepEvent):
        return [_of_sweep(event)]
    if isinstance(event, budget.BudgetEvent):
        return [_of_budget(event)]
    return [_of_invocation(event)]


def _of_connection(event: log.ConnectionEvent) -> Sentence:
    match event:
        case log.VisitRecorded():
            return _each("arrived", "new visitor (count will follow)", "{} new visitors (count will follow)")
        case log.VisitRepeated():
            return _each("back", "returning visitor (already counted)", "{} returning visitors (already counted)")
        case log.VisitNotCounted():
            return _not_counted(event.reason)
        case log.ConnectionRefused():
            return _refused(event)
        case log.Disconnected():
            return _each("left", "visitor disconnected", "{} visitors disconnected", quiet=True)
        case _:
            assert_never(event)


def _of_reply(event: log.ReplyEvent) -> Sentence:
    match event:
        case log.Replied():
            return _newest("replied", f"replied to a page: count {event.count}", quiet=True)
        case log.ReplyRefused():
            return _each("asked", "rate limit: ignored a message", "rate limit: ignored {} messages", quiet=True)
        case log.ReplyFailed():
            return _reply_failed(event)
        case _:
            assert_never(event)


def _of_count(event: log.CountEvent) -> list[Sentence]:
    match event:
        case log.VisitsCounted():
            return _counted(event)
        case log.Broadcast():
            return [_broadcast(event)]
        case log.BroadcastUnneeded():
            return [_newest("unneeded", f"no broadcast needed: every page has count {event.count}", quiet=True)]
        case log.BroadcastFailed():
            return [_failed("broadcast failed", event)]
        case log.BadgeWritten():
            return [_newest("badge", f"updated badge.svg: count {event.count}", quiet=True)]
        case log.BadgeFailed():
            return [_failed("updating badge.svg failed", event)]
        case _:
            assert_never(event)


def _of_sweep(event: log.SweepEvent) -> Sentence:
    match event:
        case log.Swept():
            return _swept(event)
        case log.BackupWritten():
            return _newest("backup", f"backed up: count {event.count}, {event.days} days", quiet=True)
        case log.BackupFailed():
            return _failed("backing up the count failed", event)
        case _:
            assert_never(event)


def _of_budget(event: budget.BudgetEvent) -> Sentence:
    match event:
        case budget.BudgetStep():
            return _budget_step(event)
        case budget.SocketsClosed():
            rest = f", {event.left} left for the next minute" if event.left else ""
            return Sentence("sockets closed", f"budget: closed {{}} sockets{rest}", event.closed)
        case budget.BudgetFailed():
            return _failed("keeping to the budget failed", event)
        case _:
            assert_never(event)


def _of_invocation(event: log.InvocationEvent) -> Sentence:
    match event:
        case log.UnknownEvent():
            return error_sentence(f"the router received an unknown event (keys: {', '.join(event.keys)})")
        case log.PresenceFailed():
            return _failed("noting who is here failed", event)
        case log.EventFailed():
            return _failed(f"handling {event.event} failed", event)
        case _:
            assert_never(event)


def _each(kind: str, text: str, many: str, *, quiet: bool = False) -> Sentence:
    return Sentence(kind, text, many=many, quiet=quiet)


def _newest(kind: str, text: str, *, quiet: bool = False) -> Sentence:
    return Sentence(kind, _literally(text), newest=True, quiet=quiet)


def _not_counted(reason: NotCountedReason) -> Sentence:
    match reason:
        case NotCountedReason.ASKED:
            why = "opted out"
        case NotCountedReason.CRAWLER:
            why = "crawler"
        case NotCountedReason.LIMIT:
            why = "daily limit of the address"
        case _:
            assert_never(reason)
    return _each(f"not counted {reason}", f"visitor not counted: {why}", f"visitors not counted: {{}} ({why})")


def _refused(event: log.ConnectionRefused) -> Sentence:
    match event.reason:
        case RefusalReason.ORIGIN:
            # The log contains only the kind of the origin.
            why = "origin not allowed" + (f" ({event.origin})" if event.origin else "")
            return _each(f"refused {why}", f"refused a connection: {why}", f"refused {{}} connections: {why}")
        case RefusalReason.VISIT:
            return _each(
                "malformed", "refused a connection: malformed visit id", "refused {} connections: malformed visit ids"
            )
        case RefusalReason.BUDGET:
            return _each("saved", "refused a connection: budget", "refused {} connections: budget")
        case RefusalReason.LIMIT:
            why = "too many from one address in ten minutes"
            return _each("too many", f"refused a connection: {why}", f"refused {{}} connections: {why}")
        case _:
            assert_never(event.reason)


def _reply_failed(event: log.ReplyFailed) -> Sentence:
    if event.outcome is Outcome.GONE:
        text = "a page closed before the reply"
        return _each("closed early", text, "{} pages closed before the reply", quiet=True)
    return error_sentence(f"reply to a page failed: {event.outcome} {event.code}".rstrip())


def _counted(event: log.VisitsCounted) -> list[Sentence]:
    rest = {
        "already counted": event.repeated,
        "left for the next sweep": event.left,
        "rejected by DynamoDB": event.rejected,
    }
    parts = [f"{number} {why}" for why, number in rest.items() if number]
    found = [Sentence("counted", "counted 1 visit", event.visits, many="counted {} visits", quiet=not event.visits)]
    if parts:
        found = [*(found if event.visits else []), _newest("rest", f"not counted: {', '.join(parts)}", quiet=True)]
    return found


def _broadcast(event: log.Broadcast) -> Sentence:
    missed = event.failed + event.left
    if not event.reached and not missed:
        return _newest("nobody", f"count {event.count}: no open page to broadcast to", quiet=True)
    pages = "1 page" if event.reached == 1 else f"{event.reached} pages"
    but = f", {missed} failed" if missed else ""
    return _newest("broadcast", f"broadcast {event.count} to {pages}{but}")


def _swept(event: log.Swept) -> Sentence:
    if not event.visits and not event.forgotten:
        return _newest("swept nothing", "sweep: nothing to do", quiet=True)
    return _newest("swept", f"sweep: counted {event.visits} late visits, deleted {event.forgotten} expired connections")


_MEANING = dict(
    zip(
        STEPS,
        (
            "everything works",
            "broadcasts are spaced out",
            "replies are without history too",
            "new sockets are refused too; pages show the last count",
            "the socket API is throttled, and open sockets are closed",
        ),
        strict=True,
    )
)


def _budget_step(event: budget.BudgetStep) -> Sentence:
    why = f"alarm {event.alarm}" if event.alarm else f"spent ${event.spent:.6g} of ${event.dollars:g}"
    return _newest(f"budget {event.step}", f"budget: {event.step} ({why}): {_MEANING.get(event.step, '')}")


_Failed = (
    budget.BudgetFailed
    | log.BroadcastFailed
    | log.PresenceFailed
    | log.BadgeFailed
    | log.BackupFailed
    | log.EventFailed
)


def _failed(what: str, event: _Failed) -> Sentence:
    """Return the error sentence of a failure, with its innermost stack frame."""
    said = ": ".join(filter(None, (what, event.error, event.reason)))
    return error_sentence(f"{said} (at {event.where[-1]})" if event.where else said)


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
