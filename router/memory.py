"""What an execution environment remembers between invocations, besides its clients and the salt of the day.

Other environments do not know it, and it is lost with the environment. So nothing that must be right depends on it: it
only saves requests. No class is a dataclass, which takes a millisecond of a cold start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

CALM_SECONDS = 3.0
"""The time without a direct count after a conflict. In a crowd, each environment thus tries once in so many seconds.

Measured by `benchmarks.requests`: with 0.5 s, 500 visits a second cost a tenth more, with 10 s, two a second do.
"""

MAX_SUBJECTS = 10_000
"""The number of clients remembered at the same time: at most 3 MB."""


class Contention:
    """Whether other visits arrive at the same time, so that `$connect` should leave counting to the stream."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = 0.0

    def is_seen(self, now: float) -> bool:
        """Return True shortly after a conflict. now: in epoch seconds."""
        return now < self._until

    def see(self, now: float) -> None:
        """Remember a conflict."""
        self._until = now + CALM_SECONDS


class Requests:
    """The requests of one client in a time window, as far as this environment knows them.

    expires_at: the end of the window
    parts: the requests that are not written yet, by part, which is a network of an IPv6 block
    written: True if requests have been written before
    refused: the parts that have reached a limit, which lasts until the end of the window
    """

    __slots__ = ("expires_at", "parts", "refused", "written")

    def __init__(self, expires_at: int) -> None:
        self.expires_at = expires_at
        self.parts: dict[str, int] = {}
        self.written = False
        self.refused: set[str] = set()

    @property
    def number(self) -> int:
        """The number of requests of all parts that are not written yet."""
        return sum(self.parts.values())


class Clients:
    """The requests of clients by key: that of the item of their limit, or the id of a connection."""

    __slots__ = ("_requests",)

    def __init__(self) -> None:
        self._requests: dict[str, Requests] = {}

    def of(self, key: str, expires_at: int, now: int) -> Requests:
        """Return what is known of a client in the time window that ends at `expires_at`. The oldest is forgotten."""
        found = self._requests.get(key)
        if found is None or found.expires_at != expires_at:
            found = self._requests[key] = Requests(expires_at)
            self._forget(now)
        return found

    def _forget(self, now: int) -> None:
        if len(self._requests) <= MAX_SUBJECTS:
            return
        self._requests = {key: requests for key, requests in self._requests.items() if requests.expires_at > now}
        while len(self._requests) > MAX_SUBJECTS:
            del self._requests[next(iter(self._requests))]


class Memory:
    """The memory of an execution environment.

    days_settled: the UTC day on which all days were last found in their places (`storage.days`)
    """

    __slots__ = ("clients", "contention", "days_settled")

    def __init__(self) -> None:
        self.contention = Contention()
        self.clients = Clients()
        self.days_settled: date | None = None
