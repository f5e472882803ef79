"""The router's log lines as sentences for a person at a terminal. Pure.

What the router logs stands in router/log.py. A few kinds are told here; the others are of no interest to somebody who
looks at the page, and a line that is not the router's (a library's warning) is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from local_cloud.reports import FunctionRan, Problem, Report

Fields = dict[str, Any]

_IMPORT_FAILED = "Worker init failed: "
"""The emulator's words."""


@dataclass(frozen=True)
class Event:
    """text: with one `{}` where the number stands, or none. Events of the same kind in a burst become one line: their
    numbers are added, or the newest is taken where only the newest matters."""

    kind: str
    text: str
    number: int = 1
    many: str = ""
    newest: bool = False

    def __str__(self) -> str:
        return (self.many if self.many and self.number != 1 else self.text).format(self.number)

    def __add__(self, later: Event) -> Event:
        return later if self.newest else replace(later, number=self.number + later.number)


def events(report: Report) -> list[Event]:
    """What a report says that is worth a line."""
    if isinstance(report, Problem):
        return [_error(report.text)]
    told = [event for line in report.lines for event in _from_line(line)]
    if report.error.strip() and not any(event.kind.startswith("error") for event in told):
        told.append(_error(_last_line(report)))
    return told


def merged(events: Iterable[Event]) -> list[Event]:
    """A burst, each kind once, in the order in which the kinds first came."""
    by_kind: dict[str, Event] = {}
    for event in events:
        earlier = by_kind.get(event.kind)
        by_kind[event.kind] = earlier + event if earlier else event
    return list(by_kind.values())


def _from_line(line: str) -> list[Event]:
    try:
        fields = json.loads(line)
    except ValueError:
        return []
    if not isinstance(fields, dict):
        return []
    tell = _TOLD.get(str(fields.get("message")))
    event = tell(fields) if tell else None
    return [event] if event else []


def _arrived(_: Fields) -> Event:
    return Event("arrived", "visitor arrived (count will follow)", many="visitors arrived: {} (count will follow)")


def _came_back(_: Fields) -> Event:
    return Event("came back", "visitor came back (counted before)", many="visitors came back: {} (counted before)")


def _refused(fields: Fields) -> Event:
    if fields.get("reason") != "origin":
        return Event(
            "malformed", "refused a socket: malformed visit id", many="refused {} sockets: malformed visit ids"
        )
    origin = f" ({fields['origin']})" if fields.get("origin") else ""
    return Event(
        f"refused {origin}",
        f"refused a socket from a foreign origin{_literally(origin)}",
        many=f"refused {{}} sockets from a foreign origin{_literally(origin)}",
    )


def _counted(fields: Fields) -> Event | None:
    visits = _number(fields, "visits")
    return Event("counted", "counted 1 visit", visits, many="counted {} visits") if visits else None


def _broadcast(fields: Fields) -> Event | None:
    reached, count = _number(fields, "reached"), _number(fields, "count")
    missed = _number(fields, "failed") + _number(fields, "left")
    if not reached and not missed:
        return None  # nobody has the page open
    pages = "1 page" if reached == 1 else f"{reached} pages"
    but = f", not to {missed} more" if missed else ""
    return Event("broadcast", f"broadcast {count} to {pages}{but}", newest=True)


def _swept(fields: Fields) -> Event | None:
    visits, forgotten = _number(fields, "visits"), _number(fields, "forgotten")
    if not visits and not forgotten:
        return None
    return Event("swept", f"swept: counted {visits} late visits, forgot {forgotten} connections", newest=True)


def _unknown(fields: Fields) -> Event:
    keys = ", ".join(map(str, fields.get("keys") or ()))
    return Event("unknown", f"error: the router got an event that it does not know ({_literally(keys)})", newest=True)


def _failed(fields: Fields) -> Event:
    """`where` has the frames, the innermost last."""
    where = fields.get("where") or [""]
    what = ": ".join(str(fields[name]) for name in ("event", "error", "reason") if fields.get(name))
    return _error(f"{what} (at {where[-1]})" if where[-1] else what)


def _reply_failed(fields: Fields) -> Event | None:
    if fields.get("outcome") == "gone":
        return None  # the page was closed before it heard
    return _error(f"a page got no reply: {fields.get('outcome')} {fields.get('code') or ''}".rstrip())


_TOLD: dict[str, Callable[[Fields], Event | None]] = {
    "visit_recorded": _arrived,
    "visit_repeated": _came_back,
    "connection_refused": _refused,
    "counted": _counted,
    "broadcast": _broadcast,
    "broadcast_failed": _failed,
    "swept": _swept,
    "reply_failed": _reply_failed,
    "unknown_event": _unknown,
    "failed": _failed,
}


def _error(text: str) -> Event:
    return Event(f"error {text}", f"error: {_literally(text)}", newest=True)


def _last_line(report: FunctionRan) -> str:
    """The function's own error, which is the last line of its traceback or of what it said while it was imported."""
    last = report.error.strip().splitlines()[-1].strip()
    return last.replace(_IMPORT_FAILED, "the router cannot be imported: ")


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _number(fields: Fields, name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0
