"""The meter of one execution environment: the units that its invocations use, by the name of their price.

What arises without any visitor is fixed: the invocations of the schedules with their reads. It is shown apart in the
estimate, and not metered: the handler of a scheduled event allows it (`FIXED`), and the meter counts what exceeds it.
"""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from router.budget import prices

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXED: Final[Mapping[str, float]] = MappingProxyType(
    {prices.REQUEST: 1, prices.GIGABYTE_SECOND: 0.1, prices.READ: 12, prices.LOG_GIGABYTE: 2e-6}
)
"""What a scheduled invocation may use without being metered: 0.2 s of 512 MB, 12 read units, 2 KB of log."""

START_GIGABYTE_SECONDS: Final = 0.15
"""The start of an environment, which is billed: 0.3 s of 512 MB (benchmarks/README.md)."""

LINE_OVERHEAD: Final = 26
"""The bytes that CloudWatch Logs bills for each line besides its text."""


class Meter:
    """The units of an environment that have not been charged to the budget yet."""

    def __init__(self) -> None:
        self._units: defaultdict[str, float] = defaultdict(float)
        self._allowed: defaultdict[str, float] = defaultdict(float)
        self.count(prices.GIGABYTE_SECOND, START_GIGABYTE_SECONDS)

    def count(self, name: str, number: float = 1) -> None:
        """Count units. A negative number takes back units that were counted in advance."""
        free = min(max(0.0, number), self._allowed[name])
        self._allowed[name] -= free
        self._units[name] += number - free

    def allow(self, units: Mapping[str, float]) -> None:
        """Do not count so many of the units of the invocation that begins."""
        self._allowed = defaultdict(float, units)

    def count_line(self, line: str) -> None:
        """Count a line of the log."""
        self.count(prices.LOG_GIGABYTE, (len(line.encode(errors="replace")) + LINE_OVERHEAD) / 1e9)

    @property
    def units(self) -> Mapping[str, float]:
        """Return the units counted so far."""
        return self._units

    def take(self) -> Mapping[str, float]:
        """Return the units counted so far and start again."""
        taken, self._units = self._units, defaultdict(float)
        return taken

    def put_back(self, units: Mapping[str, float]) -> None:
        """Count units again that could not be charged."""
        for name, number in units.items():
            self._units[name] += number
