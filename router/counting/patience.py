"""Steps of a request that somebody waits for, tried again while DynamoDB is busy: what passes in a moment should cost
the visitor a moment, not the connection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from router.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.dependencies import Invocation

SECONDS = 13.0
"""For all steps together. API Gateway waits 29 s for an integration ("Amazon API Gateway quotas"), the page a second
more. The last try may still take as long as one request (`deadline`)."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """For one event, from the moment it is made. Only for steps that may be repeated when their answer was lost."""

    invocation: Invocation

    @classmethod
    def of(cls, invocation: Invocation) -> Patience:
        return cls(replace(invocation, deadline=invocation.deadline.at_most(SECONDS)))

    def step(self, work: Callable[[], Result]) -> Result:
        """What `work` returns. Raises what it raises; StoreBusyError once there is no time for another try."""
        attempt = 1
        while True:
            try:
                return work()
            except StoreBusyError:
                if not self.invocation.pause(attempt):
                    raise
            attempt += 1
