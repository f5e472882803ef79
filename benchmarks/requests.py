"""The DynamoDB requests of a visit, from the handshake to the departure, and what they cost: the router's code over a
fake of DynamoDB, compared with the design before and with the original one.

A lone visit is complete: what the stream causes is part of it. Of a crowd, the table has what each visitor causes, and
not the broadcasts, which cost by the second and not by the visit (`benchmarks.scaling`). In a crowd, a transaction
holds the item of the count for 10 ms, and another one meanwhile is cancelled; Lambda prefers the execution environment
that was used last; the stream is read four times a second.

Usage: python -m benchmarks.requests
"""

from __future__ import annotations

import heapq
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from benchmarks import prices
from benchmarks.units import Charge, Charging
from local_cloud.chaos.stream import is_wanted
from router.contract import tables
from router.dependencies import Dependencies
from router.dispatch import dispatch
from router.items import DAY_SECONDS
from router.memory import Memory
from tests.router.fake_dynamodb import client_error
from tests.router.rig import (
    ENVIRONMENT,
    NOW,
    LambdaContext,
    Rig,
    connect_event,
    disconnect_event,
    message_event,
    store_over,
)

LIMITS = {
    "ORIGIN_SECRET": "s" * 43,
    "CONNECTS_PER_ADDRESS": "100",
    "REPLIES_PER_CONNECTION": "10",
    "SITE_BUCKET": "site",
}
"""The limits of the default settings."""

MOST_REQUESTS, MOST_DOLLARS = 7, 5.0
"""The targets: of a lone visit, the dollars a million."""

REQUEST_SECONDS, TRANSACTION_SECONDS, POLL_SECONDS, STAY_SECONDS = 0.005, 0.01, 0.25, 2.0
NOON = 12 * 3600
CROWDS = ((10, 1_000), (500, 2_000))
"""Visits a second, and their number."""


@dataclass(frozen=True)
class Sum:
    """The average of a visit."""

    requests: float
    writes: float
    reads: float

    @property
    def dollars(self) -> float:
        """The dollars of a million visits, without a free tier."""
        return (self.writes * prices.WRITE_UNIT + self.reads * prices.READ_UNIT) * 1_000_000


ORIGINAL, BEFORE = Sum(3, 3, 1), Sum(22, 19, 35.5)
"""The original design counts wrongly: a put, an update and a scan. The design before (commit 9bb09f8, measured in the
same way) counted each visit by the stream, read 30 days for each answer, and broadcast to nobody who had left."""


@dataclass(frozen=True)
class Step:
    """An event and its requests."""

    event: str
    charges: tuple[Charge, ...]


def total(charges: Sequence[Charge], visits: int = 1) -> Sum:
    """Return the average of so many visits."""
    writes, reads = sum(charge.writes for charge in charges), sum(charge.reads for charge in charges)
    return Sum(len(charges) / visits, writes / visits, reads / visits)


@dataclass
class _Environment:
    """An execution environment of the function. free_at: the time from which it can take an event."""

    dependencies: Dependencies
    free_at: float = 0.0


class _Function:
    """The function, over tables whose requests are charged.

    charges: of all requests so far
    rig: the tables, the pages and the clock
    """

    def __init__(self, before: Callable[[str, Mapping[str, Any]], None] = lambda _name, _request: None) -> None:
        self.rig = Rig(environment={**ENVIRONMENT, **LIMITS})
        self.charges: list[Charge] = []
        self.rig.client = Charging(self.rig.table, self.charges.append, before)
        self._environments: list[_Environment] = []
        self._read = 0

    @property
    def environments(self) -> int:
        """The number of execution environments."""
        return len(self._environments)

    def send(self, event: dict[str, Any], *, broadcasts: bool = True) -> None:
        """Invoke the function in the free environment that was used last, or in a new one."""
        clock = self.rig.clock
        free = [one for one in self._environments if one.free_at <= clock.now]
        one = max(free, key=lambda one: one.free_at) if free else self._cold()
        clock.started, began = clock.now, clock.now
        dispatch(event, LambdaContext(clock), one.dependencies)
        one.free_at, clock.now = clock.now, clock.now if broadcasts else began

    def records(self, wanted: Callable[[Any], bool]) -> list[Any]:
        """Return the new records of the stream that a mapping delivers."""
        found = [record for record in self.rig.table.stream[self._read :] if wanted(record)]
        self._read = len(self.rig.table.stream)
        return found

    def _cold(self) -> _Environment:
        self.rig.memory = Memory()
        one = _Environment(self.rig.dependencies)
        one.dependencies.salts.today(int(self.rig.clock.now), store_over(self.rig.table))
        self._environments.append(one)
        return one


def of_the_visitor(steps: Sequence[Step]) -> Sum:
    """Return what the page's own events cause, without the stream."""
    return total([charge for step in steps if step.event.startswith("$") for charge in step.charges])


def lone_visit() -> list[Step]:
    """Return the events of a visit while nobody else is here, hours after the last one.

    The environment is warm, because the tick comes every minute. A cold one reads the salt of the day.
    """
    function = _Function()
    function.rig.clock.now -= NOW % DAY_SECONDS - NOON
    _visit(function, "before", "198.51.100.7")
    function.rig.clock.sleep(2 * 3600)
    return _visit(function, "this", "203.0.113.7")


def _visit(function: _Function, name: str, address: str) -> list[Step]:
    steps: list[Step] = []
    connect = connect_event(name, f"visit-{name}", address=address, secret=LIMITS["ORIGIN_SECRET"])
    for event, more in ((connect, 0.1), (message_event(name), 180), (disconnect_event(name), 0)):
        _happens(function, event["requestContext"]["routeKey"], event, steps)
        if event is connect:
            continue  # the page asks before the stream is read
        while records := function.records(_is_delivered):
            _happens(function, "stream", {"Records": records}, steps)
        function.rig.clock.sleep(more)
    return steps


def _happens(function: _Function, name: str, event: dict[str, Any], steps: list[Step]) -> None:
    before = len(function.charges)
    function.send(event)
    steps.append(Step(name, tuple(function.charges[before:])))


def _is_delivered(record: Any) -> bool:
    return is_wanted(record) or bool(record["dynamodb"]["Keys"][tables.ID]["S"] == tables.PRESENCE)


class Crowd:
    """Visitors who arrive at a rate, at random, and leave after two seconds."""

    def __init__(self, rate: float, visits: int) -> None:
        self.visits = visits
        self._function = _Function(self._before)
        self._contended_until = 0.0
        self.conflicts = 0
        chance = random.Random(1)  # noqa: S311 - arrivals
        now = self._function.rig.clock.now
        self._events: list[tuple[float, int, str, str]] = []
        self._order = count()
        for number in range(visits):
            now += chance.expovariate(rate)
            for seconds, kind in ((0.0, "connect"), (0.15, "hello"), (STAY_SECONDS, "disconnect")):
                self._at(now + seconds, kind, f"page-{number}")
        self._ends = now + STAY_SECONDS + 1
        self._at(self._function.rig.clock.now + POLL_SECONDS, "poll", "")

    @property
    def environments(self) -> int:
        """The number of execution environments."""
        return self._function.environments

    def run(self) -> Sum:
        """Return what a visitor causes, without broadcasts."""
        while self._events:
            self._function.rig.clock.now, _, kind, page = heapq.heappop(self._events)
            if kind == "poll":
                self._fold()
            else:
                self._function.send(self._event(kind, page), broadcasts=False)
        assert self._function.rig.count() == self.visits, "not every visit is counted once"
        return total(self._function.charges, self.visits)

    def _at(self, moment: float, kind: str, page: str) -> None:
        heapq.heappush(self._events, (moment, next(self._order), kind, page))

    def _event(self, kind: str, page: str) -> dict[str, Any]:
        match kind:
            case "connect":
                number = int(page.removeprefix("page-"))
                address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
                return connect_event(page, f"visit-{page}", address=address, secret=LIMITS["ORIGIN_SECRET"])
            case "hello":
                return message_event(page)
            case _:
                return disconnect_event(page)

    def _fold(self) -> None:
        now = self._function.rig.clock.now
        marked = self._function.records(lambda record: tables.UNCOUNTED in record["dynamodb"].get("NewImage", {}))
        if marked:
            self._function.send({"Records": marked}, broadcasts=False)
        if now < self._ends:
            self._at(now + POLL_SECONDS, "poll", "")

    def _before(self, name: str, request: Mapping[str, Any]) -> None:
        """Let time pass, and cancel a transaction that meets another one."""
        clock = self._function.rig.clock
        clock.now += REQUEST_SECONDS
        if name != "transact_write_items":
            return
        if clock.now < self._contended_until:
            self.conflicts += 1
            reasons = [{"Code": "TransactionConflict"} for _ in request["TransactItems"]]
            raise client_error("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons)
        self._contended_until = clock.now + TRANSACTION_SECONDS


def main() -> int:
    steps = lone_visit()
    print("A lone visit, from the handshake to the departure: requests, units, and dollars a million\n")
    print("| event | request | of | writes | reads | dollars |\n| --- | --- | --- | --: | --: | --: |")
    for step in steps:
        for charge in step.charges:
            print(_line(step.event, charge.operation, charge.of, total([charge])))
    lone = total([charge for step in steps for charge in step.charges])
    print(_line("sum", f"{lone.requests:g} requests", f"{len(steps)} invocations", lone))
    own = of_the_visitor(steps)
    print(_line("of these, without the stream", f"{own.requests:g} requests", "", own))
    print("\n| a visit | requests | writes | reads | dollars a million |\n| --- | --: | --: | --: | --: |")
    for name, numbers in (("original design, which loses counts", ORIGINAL), ("design before", BEFORE)):
        print(_row(name, numbers))
    print(_row("this design: a lone visit", lone))
    for rate, visits in CROWDS:
        crowd = Crowd(rate, visits)
        numbers = crowd.run()
        print(_row(f"{rate} visits/s, without broadcasts", numbers))
        print(f"{crowd.conflicts} conflicts, {crowd.environments} environments", file=sys.stderr)
    met = lone.requests <= MOST_REQUESTS and lone.dollars < MOST_DOLLARS
    print(f"\nTarget (at most {MOST_REQUESTS} requests, below ${MOST_DOLLARS:.2f}): {'met' if met else 'MISSED'}.")
    return 0 if met else 1


def _line(event: str, operation: str, of: str, numbers: Sum) -> str:
    return f"| {event} | {operation} | {of} | {numbers.writes:g} | {numbers.reads:g} | {numbers.dollars:.3f} |"


def _row(name: str, numbers: Sum) -> str:
    return f"| {name} | {numbers.requests:.1f} | {numbers.writes:.1f} | {numbers.reads:.1f} | {numbers.dollars:.2f} |"


if __name__ == "__main__":
    sys.exit(main())
