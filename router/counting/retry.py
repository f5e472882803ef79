"""Retries of the steps of a request for which a visitor waits, so that throttling causes a delay and not a failure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from router.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.dependencies import Invocation

RETRY_SECONDS = 13.0
"""The time limit of all steps together.

The integration timeout of API Gateway is 29 s ("Amazon API Gateway quotas"), and the page waits one second longer. The
last attempt can take another request timeout (`deadline`).
"""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Retrier:
    """The retries of one event, limited to RETRY_SECONDS from its creation. The steps must be idempotent."""

    invocation: Invocation

    @classmethod
    def of(cls, invocation: Invocation) -> Retrier:
        """Return a retrier with a deadline at most RETRY_SECONDS from now."""
        return cls(replace(invocation, deadline=invocation.deadline.limited_to(RETRY_SECONDS)))

    def run(self, step: Callable[[], Result]) -> Result:
        """Run a step and return its result. Retries StoreBusyError, and raises it when the deadline allows no retry."""
        attempt = 1
        while True:
            try:
                return step()
            except StoreBusyError:
                if not self.invocation.pause(attempt):
                    raise
            attempt += 1
