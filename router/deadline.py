"""How long an invocation may still start new work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

# What must still fit after the last new piece of work: a post that hangs until its timeout (`clients`), the write of
# the online row, the answer. Being killed instead loses nothing, it only makes Lambda deliver the batch again.
MARGIN_SECONDS = 2.5


class Context(Protocol):
    """What is used of Lambda's context object."""

    @property
    def aws_request_id(self) -> str: ...

    def get_remaining_time_in_millis(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """remaining_milliseconds: until Lambda ends the invocation."""

    remaining_milliseconds: Callable[[], int]

    def at_most(self, seconds: float) -> Deadline:
        """This one, or one in so many seconds from now where that comes first."""
        later = max(0, self.remaining_milliseconds() - round(seconds * 1000))
        return Deadline(lambda: self.remaining_milliseconds() - later)

    def leaves(self, seconds: float = 0.0) -> bool:
        """Whether work that takes this long may still be started."""
        return self.remaining_milliseconds() / 1000 - MARGIN_SECONDS > seconds
