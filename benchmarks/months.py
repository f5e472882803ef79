"""A whole month minute by minute, for many months: the rules of the budget with the prices of the router's own events.

`adversary` runs the router itself, which takes seconds for some thousand events. Here an event is a number: what it
costs is measured on the router once (`measured`), and the rules are those of `contract.budget`, `budget.steps` and the
gateway. Environments learn of the step late: in each minute as many events as there are environments pass after the
money for them was gone. A bill may exceed the meter by a part that the caller chooses.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.adversary import BEGIN, Month, World
from benchmarks.gateway import Gateway, Throttles
from router.broadcasting.freshness import AT_ONCE_READERS, USUAL_READERS
from router.budget.steps import settled, spacing_of
from router.contract.budget import CLOSED, LIMITS, NANODOLLARS, REFUSING, step_of, usable
from tests.router.rig import connect_event, disconnect_event, message_event

MINUTE = 60
MINUTES = 30 * 24 * 60
CLOSED_A_MINUTE = 5_000
FRESHNESS_SECONDS = 5.0
_SAMPLE = 40
_OPEN = {"$connect": (1e6, 10**6), "$default": (1e6, 10**6), "$disconnect": (1e6, 10**6)}


@dataclass(frozen=True)
class Costs:
    """Dollars for an event. visit: until it is counted and told to its own page. post: to one reader."""

    visit: float
    message: float
    refusal: float
    departure: float
    post: float
    minute: float


def measured(month: Month) -> Costs:
    """Measure what events cost, on the router with a budget that they do not touch."""
    world = World(Gateway(_OPEN, BEGIN), Month(1_000, 30 * 86_400, month.prices), environments=1)
    world.connect(connect_event("warm", "visit-warm"), through_cloudfront=True)

    def average(events: Sequence[object], handle: str) -> float:
        before = world.bill.dollars
        for event in events:
            if handle == "connect":
                world.connect(event, through_cloudfront=True)
                world.deliver_streams()
                world.deliver_streams()
                world.clock.now += 3
            else:
                getattr(world, handle)(event)
        return (world.bill.dollars - before) / len(events)

    names = [f"c{number}" for number in range(_SAMPLE)]
    for name in ("warm",):
        world.disconnect(disconnect_event(name))
    visits: list[float] = []
    departures: list[float] = []
    for name in names:
        visits.append(average([connect_event(name, f"visit-{name:>08}".replace(" ", "0"))], "connect"))
        departures.append(average([disconnect_event(name)], "disconnect"))
    world.connect(connect_event("talks", "visit-talks"), through_cloudfront=True)
    messages: list[float] = []
    for _ in names:
        messages.append(average([message_event("talks")], "message"))
        world.clock.now += 60
    foreign = connect_event("foreign", "visit-foreign")
    foreign["headers"]["Origin"] = foreign["multiValueHeaders"]["Origin"] = ["https://foreign.example"]
    refusal = average([foreign] * _SAMPLE, "connect")
    prices = month.prices
    return Costs(
        max(visits),
        max(messages),
        refusal,
        max(departures),
        prices["websocket_message"] * 1.02,
        prices["websocket_minute"],
    )


@dataclass(frozen=True)
class Phase:
    """A part of the month. connects, messages: attempts a minute. hold: minutes that a socket stays open."""

    minutes: int
    connects: float
    hold: int
    messages: float


@dataclass
class Ledger:
    """A month in progress."""

    dollars: float
    costs: Costs
    gateway: Gateway
    throttles: Throttles
    environments: int
    spent: float = 0.0
    acted: int = 0
    admitted: int = 0
    refused: int = 0
    steps: set[int] = field(default_factory=set)
    sockets: deque[tuple[int, int]] = field(default_factory=deque)

    @property
    def held(self) -> int:
        return sum(number for _, number in self.sockets)

    def room(self, share: float, step: int) -> float:
        """Return the dollars that may be spent before the budget enters a step."""
        limit = dict(LIMITS)[step]
        return max(0.0, usable(share, self.dollars) - limit * self.dollars - self.spent)

    def minute(self, at: int, phase: Phase) -> None:
        share, now = at / MINUTES, at * MINUTE
        while self.sockets and self.sockets[0][0] <= at:
            self._leave(self.sockets.popleft()[1])
        admitted = self._connect(round(phase.connects), share, now)
        if admitted:
            self.sockets.append((at + max(1, min(phase.hold, 120)), admitted))
            self.sockets = deque(sorted(self.sockets))
        self._talk(round(phase.messages), share, now)
        self._broadcast(admitted, share)
        self._tick(share)

    def _connect(self, wanted: int, share: float, now: int) -> int:
        passed = self.gateway.admit("$connect", wanted, now)
        late = min(passed, self.environments)
        admitted = min(passed, math.ceil(self.room(share, REFUSING) / self.costs.visit) + late)
        self.spent += admitted * self.costs.visit
        refused = min(passed - admitted, math.ceil(self.room(share, CLOSED) / self.costs.refusal) + late)
        self.spent += refused * self.costs.refusal
        self.admitted += admitted
        self.refused += wanted - admitted
        return admitted

    def _talk(self, wanted: int, share: float, now: int) -> None:
        passed = self.gateway.admit("$default", wanted if self.held else 0, now)
        late = min(passed, self.environments)
        self.spent += self.costs.message * min(passed, math.ceil(self.room(share, CLOSED) / self.costs.message) + late)

    def _broadcast(self, admitted: int, share: float) -> None:
        readers = self.held
        spacing = spacing_of(round(self.spent * NANODOLLARS), share, self.dollars)
        if not admitted or readers <= AT_ONCE_READERS or math.isinf(spacing):
            return
        interval = max(1.0, FRESHNESS_SECONDS * math.sqrt(readers / USUAL_READERS)) * spacing
        for _ in range(min(admitted, round(MINUTE / interval))):
            cost = readers * self.costs.post
            if cost > self.room(share, CLOSED):
                break
            self.spent += cost

    def _tick(self, share: float) -> None:
        self.spent += self.held * self.costs.minute
        step = settled(self.acted, step_of(round(self.spent * NANODOLLARS), share, self.dollars))
        self.steps.add(step)
        if (step == CLOSED) != (self.acted == CLOSED):
            shut = dict.fromkeys(self.throttles, (0.0, 0))
            self.gateway.throttle(shut if step == CLOSED else self.throttles)
        self.acted = step
        if step == CLOSED:
            self._close(CLOSED_A_MINUTE)

    def _close(self, most: int) -> None:
        while self.sockets and most > 0:
            until, number = self.sockets.popleft()
            closed = min(number, most)
            most -= closed
            self._leave(closed)
            if number > closed:
                self.sockets.appendleft((until, number - closed))

    def _leave(self, number: int) -> None:
        self.spent += number * self.costs.departure


def run(ledger: Ledger, phases: Sequence[Phase]) -> Ledger:
    """Run a month; the phases repeat until its end."""
    at = 0
    while at < MINUTES:
        for phase in phases:
            for _ in range(min(phase.minutes, MINUTES - at)):
                ledger.minute(at, phase)
                at += 1
    return ledger
