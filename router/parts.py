"""The event of a part of a broadcast, which the router sends to itself (`broadcasting.segments`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

_KEY = "router.segment"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a broadcast in segments.

    round: the beginning of the broadcast, in epoch milliseconds
    index, total: of the segment
    until: the latest end of the broadcast, in epoch seconds
    count, named: the count, and the sum of the counts of all names, at the beginning
    online, changes: who was here in the broadcast before, and the changes that were known at the beginning
    number: of the part within the segment
    after: the id of the connection after which it begins, empty for the first one
    """

    round: int
    index: int
    total: int
    until: int
    count: int
    named: int
    online: int
    changes: int
    number: int = 0
    after: str = ""

    @property
    def name(self) -> str:
        """The name of the part in its round."""
        return f"{self.index}.{self.number}"

    def encode(self) -> dict[str, Any]:
        """Return the event in the form that `parse` accepts."""
        return {_KEY: {field.name: getattr(self, field.name) for field in fields(self)}}


def segment_of(part: dict[str, Any]) -> Segment | None:
    """Return the part of a broadcast, None if a field is missing or of another type."""
    try:
        event = Segment(**part)
    except TypeError:
        return None
    typed = all(type(value) is (str if name == "after" else int) for name, value in part.items())
    return event if typed and 0 <= event.index < event.total else None
