"""The router's log lines as sentences for a person. Pure.

What the router logs stands in router/log.py. `TOLD` are the kinds that matter to somebody who looks at the page, and
what `local` shows; `QUIET` are the rest, which `logs` shows too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

Fields = dict[str, Any]


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


def event_of(line: str) -> Event | None:
    """What a line says to somebody who looks at the page; None for every other line."""
    return _told(TOLD, fields_of(line))


def quiet_event_of(line: str) -> Event | None:
    """What a line says to somebody who looks at the function, where it is none of the above."""
    return _told(QUIET, fields_of(line))


def merged(events: Iterable[Event]) -> list[Event]:
    """A burst, each kind once, in the order in which the kinds first came."""
    by_kind: dict[str, Event] = {}
    for event in events:
        earlier = by_kind.get(event.kind)
        by_kind[event.kind] = earlier + event if earlier else event
    return list(by_kind.values())


def error_event(text: str) -> Event:
    return Event(f"error {text}", f"error: {_literally(text)}", newest=True)


def line_event(text: str) -> Event:
    """A line that is whole already."""
    return Event(text, _literally(text), newest=True)


def fields_of(line: str) -> Fields:
    """The fields of a line of the router's, none for any other."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _told(table: Mapping[str, Callable[[Fields], Event | None]], fields: Fields) -> Event | None:
    tell = table.get(str(fields.get("message")))
    return tell(fields) if tell else None


def _arrived(_: Fields) -> Event:
    return Event("arrived", "visitor arrived (count will follow)", many="visitors arrived: {} (count will follow)")


def _came_back(_: Fields) -> Event:
    return Event("came back", "visitor came back (counted before)", many="visitors came back: {} (counted before)")


def _refused(fields: Fields) -> Event:
    if fields.get("reason") != "origin":
        return Event(
            "malformed", "refused a socket: malformed visit id", many="refused {} sockets: malformed visit ids"
        )
    origin = f" ({fields['origin']})" if fields.get("origin") else ""  # its kind: whose it was is not logged
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
    return error_event(f"{what} (at {where[-1]})" if where[-1] else what)


def _reply_failed(fields: Fields) -> Event | None:
    if fields.get("outcome") == "gone":
        return None  # the page was closed before it heard
    return error_event(f"a page got no reply: {fields.get('outcome')} {fields.get('code') or ''}".rstrip())


def _left(_: Fields) -> Event:
    return Event("left", "visitor left", many="visitors left: {}")


def _replied(fields: Fields) -> Event:
    return Event("replied", f"told a page the count, {_number(fields, 'count')}", newest=True)


def _closed_early(_: Fields) -> Event:
    return Event("closed early", "a page was closed before it heard", many="{} pages were closed before they heard")


def _nobody(fields: Fields) -> Event:
    return Event("nobody", f"the count is {_number(fields, 'count')}; no page is open to be told", newest=True)


def _unneeded(fields: Fields) -> Event:
    return Event("unneeded", f"every page knows the count, {_number(fields, 'count')}, already", newest=True)


def _not_counted(fields: Fields) -> Event | None:
    """What of a batch was not counted now."""
    whys = {"repeated": "counted before", "left": "left for the sweep", "rejected": "refused by DynamoDB"}
    parts = [f"{_number(fields, name)} {why}" for name, why in whys.items() if _number(fields, name)]
    return Event("not counted", f"not counted now: {', '.join(parts)}", newest=True) if parts else None


def _swept_nothing(_: Fields) -> Event:
    return Event("swept nothing", "swept: nothing was left over", newest=True)


TOLD: Mapping[str, Callable[[Fields], Event | None]] = {
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

QUIET: Mapping[str, Callable[[Fields], Event | None]] = {
    "disconnected": _left,
    "replied": _replied,
    "reply_failed": _closed_early,
    "counted": _not_counted,
    "broadcast": _nobody,
    "broadcast_unneeded": _unneeded,
    "swept": _swept_nothing,
}


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _number(fields: Fields, name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0
