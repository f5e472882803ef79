"""The deadline of an invocation: new work starts only if it can finish before Lambda's timeout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

# Time reserved for what follows the last piece of work: a post that runs into its timeout (`clients`), the write of the
# online row, and the response. If Lambda ends the invocation anyway, no data is lost: it retries the batch.
MARGIN_SECONDS = 2.5


class Context(Protocol):
    """The part of Lambda's context object that the router uses."""

    @property
    def aws_request_id(self) -> str:
        """Return the ID of the invocation, which is in all of its log lines."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time after which no new work may start. `remaining_milliseconds` is the time until Lambda's timeout."""

    remaining_milliseconds: Callable[[], int]

    def limited_to(self, seconds: float) -> Deadline:
        """Return this deadline or one `seconds` from now, whichever is earlier."""
        excess = max(0, self.remaining_milliseconds() - round(seconds * 1000))
        return Deadline(lambda: self.remaining_milliseconds() - excess)

    def allows(self, seconds: float = 0.0) -> bool:
        """Return True if work that takes `seconds` may still start."""
        return self.remaining_milliseconds() / 1000 - MARGIN_SECONDS > seconds
