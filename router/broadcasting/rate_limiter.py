"""How fast posts may start: a bucket that fills at a rate and holds a tenth of a second's worth.

The account's throttle is shared with everyone who connects, so a broadcast keeps under it from the start instead of
running into it. Where it is lower than the setting says, or others use it up, AWS answers 429: when more than an eighth
of the posts do, the rate is halved, at most ten times a second, and it comes back by a tenth for each tenth of a second
without.
"""

from __future__ import annotations

_WINDOW_SECONDS = 0.1
_THROTTLED_SHARE = 1 / 8
_SLOWEST = 1 / 64
_BREATH_SECONDS = 0.001  # shorter pauses cost more than they bring, and may be less than a clock can tell


class RateLimiter:
    """per_second: posts. now: seconds at the start, on the clock of every other `now`."""

    __slots__ = ("_answers", "_holds", "_now", "_per_second", "_rate", "_room", "_throttled", "_window")

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._now = self._window = now
        self._answers = self._throttled = 0
        self._set_rate(per_second)
        self._room = self._holds

    @property
    def rate(self) -> float:
        """Posts per second as of now."""
        return self._rate

    def wait(self, now: float) -> float:
        """Seconds until the next post may start; 0.0: it may, and is taken to."""
        if now > self._now:
            self._room = min(self._holds, self._room + (now - self._now) * self._rate)
        self._now = now
        if self._room < 1:
            return max(_BREATH_SECONDS, (1 - self._room) / self._rate)
        self._room -= 1
        return 0.0

    def answered(self, now: float, *, throttled: bool) -> None:
        self._answers += 1
        self._throttled += throttled
        if now - self._window < _WINDOW_SECONDS:
            return
        slower = self._throttled > self._answers * _THROTTLED_SHARE
        self._set_rate(
            max(self._per_second * _SLOWEST, self._rate / 2) if slower else min(self._per_second, self._rate * 1.1)
        )
        self._answers = self._throttled = 0
        self._window = now

    def _set_rate(self, rate: float) -> None:
        self._rate = rate
        self._holds = max(1.0, rate * _WINDOW_SECONDS)
