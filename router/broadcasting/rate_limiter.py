"""The rate limiter of the posts: a token bucket with a capacity of a tenth of a second.

Posts share the throttling quota of the account with connecting clients, so a broadcast stays below it from the start.
If the quota is lower than configured, or other clients use it, AWS responds with status 429. If more than an eighth of
the posts within a tenth of a second are throttled, the rate is halved; otherwise it rises by a tenth, up to the
configured rate.
"""

from __future__ import annotations

_WINDOW_SECONDS = 0.1
_THROTTLED_SHARE = 1 / 8
_MIN_SHARE = 1 / 64
_MIN_PAUSE_SECONDS = 0.001  # shorter pauses cost more than they gain and may be below the resolution of the clock


class RateLimiter:
    """A token bucket.

    `per_second` is the maximum rate; `now` is in seconds and must use the same clock in all calls.
    """

    __slots__ = ("_capacity", "_now", "_per_second", "_rate", "_responses", "_throttled", "_tokens", "_window")

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._now = self._window = now
        self._responses = self._throttled = 0
        self._set_rate(per_second)
        self._tokens = self._capacity

    @property
    def rate(self) -> float:
        """The current rate in posts per second."""
        return self._rate

    def wait(self, now: float) -> float:
        """Return the seconds until the next post may start. 0.0 takes a token: the post must start now."""
        if now > self._now:
            self._tokens = min(self._capacity, self._tokens + (now - self._now) * self._rate)
        self._now = now
        if self._tokens < 1:
            return max(_MIN_PAUSE_SECONDS, (1 - self._tokens) / self._rate)
        self._tokens -= 1
        return 0.0

    def answered(self, now: float, *, throttled: bool) -> None:
        """Register the response to a post and adjust the rate."""
        self._responses += 1
        self._throttled += throttled
        if now - self._window < _WINDOW_SECONDS:
            return
        slower = self._throttled > self._responses * _THROTTLED_SHARE
        self._set_rate(
            max(self._per_second * _MIN_SHARE, self._rate / 2) if slower else min(self._per_second, self._rate * 1.1)
        )
        self._responses = self._throttled = 0
        self._window = now

    def _set_rate(self, rate: float) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate * _WINDOW_SECONDS)
