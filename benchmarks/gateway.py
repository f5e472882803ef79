"""A model of API Gateway for simulations: a token bucket for each route, open sockets, and what they are billed.

AWS calls its throttles targets, not guarantees. `slack` is the factor by which a bucket exceeds its rate and burst.
Requests that a throttle rejects are not billed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Throttles = Mapping[str, tuple[float, int]]

SOCKET_SECONDS = 7_200
"""API Gateway closes a connection after two hours."""

IDLE_SECONDS = 600
"""It closes a connection without traffic after ten minutes."""


@dataclass
class Bucket:
    """A token bucket. now: in seconds."""

    rate: float
    burst: float
    tokens: float
    now: float

    def set(self, rate: float, burst: float) -> None:
        """Change the rate; tokens above the new burst are lost."""
        self.rate, self.burst = rate, burst
        self.tokens = min(self.tokens, burst)

    def available(self, now: float) -> int:
        """Return the number of whole tokens."""
        self.tokens = min(self.burst, self.tokens + (now - self.now) * self.rate)
        self.now = now
        return int(self.tokens)

    def take(self, number: int) -> None:
        """Take tokens that are available."""
        self.tokens -= number


@dataclass
class Gateway:
    """The stage. throttles: by route. It implements the router's `Stage`; `on_close` handles a closed socket."""

    throttles: Throttles
    now: float
    slack: float = 1.0
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.buckets = {
            route: Bucket(rate * self.slack, burst * self.slack, burst * self.slack, self.now)
            for route, (rate, burst) in self.throttles.items()
        }

    def admit(self, route: str, wanted: int, now: float) -> int:
        """Return how many of the wanted requests pass the throttle."""
        bucket = self.buckets[route]
        passed = min(wanted, bucket.available(now))
        bucket.take(passed)
        return passed

    def throttle(self, routes: Throttles) -> None:
        """Set the throttles of routes, as UpdateStage does."""
        for route, (rate, burst) in routes.items():
            self.buckets[route].set(rate * self.slack, burst * self.slack)

    def close(self, connection_id: str) -> None:
        """Close a socket, as DeleteConnection does."""
        self.closed.append(connection_id)
