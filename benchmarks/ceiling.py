"""The ceiling under attack: the router's code, an adversary, and a bill of its own (`adversary`).

For each traffic: what the month cost of its dollars, the worst step, and how many of the honest visitors got a socket.
Throttled requests are free, and requests that CloudFront answers by itself are no part of the ceiling: the last column
is what those to /live would add, which no throttle of an API can bound (docs/costs.md).

Usage: python -m benchmarks.ceiling [DOLLARS [DAYS OF A MONTH]]        (0.02 dollars, a month of one day)
"""

from __future__ import annotations

import itertools
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.adversary import BEGIN, Month, World
from benchmarks.gateway import IDLE_SECONDS, SOCKET_SECONDS, Gateway, Throttles
from benchmarks.traffics import Crowd, traffics
from router.contract.budget import STEPS
from settings import validate
from template_gen import rates
from template_gen.prices import METERED, price_of, prices
from tests.router.rig import connect_event, disconnect_event, message_event

DOLLARS = 0.02
DAY = 86_400
MINUTE = 60
HONEST_SHARE = 0.5
"""The share of the month's dollars that honest visitors would cost."""


@dataclass
class Outcome:
    """The result of a month. bill, metered: dollars. live: dollars for CloudFront requests that were throttled."""

    name: str
    dollars: float
    bill: float = 0.0
    metered: float = 0.0
    worst: int = 0
    honest: int = 0
    served: int = 0
    refused: int = 0
    live: float = 0.0
    units: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.bill / self.dollars


@dataclass
class Socket:
    """An open socket. talks_at: the time of its next message."""

    crowd: Crowd
    closes_at: float
    talks_at: float


def throttles_of(dollars: float, seconds: int) -> Throttles:
    """Return the throttles of the template, as much faster as the month is shorter."""
    settings = validate(tomllib.loads(f"[budget]\ndollars_a_month = {dollars:.10f}"), Path("settings.toml"))
    faster = rates.MONTH_SECONDS / seconds
    return {
        route: (rate.per_second * (1 if route == "$disconnect" else faster), rate.burst)
        for route, rate in rates.routes(settings).items()
    }


class Attack:
    """A month of a traffic."""

    def __init__(self, name: str, crowds: tuple[Crowd, ...], world: World) -> None:
        self.crowds, self.world, self.random = crowds, world, world.random
        self.found = Outcome(name, world.month.dollars)
        self.sockets: dict[str, Socket] = {}
        self._owed = Counter[str]()
        self._numbers = itertools.count()

    def run(self) -> Outcome:
        clock, end = self.world.clock, BEGIN + self.world.month.seconds
        while clock.now < end:
            self._second()
            clock.now += 1
            if clock.now % MINUTE == 0:
                self.world.tick()
                self._close(self.world.gateway.closed)
                self.found.worst = max([self.found.worst, *(STEPS.index(step) for step in self.world.steps[-3:])])
        self._close(list(self.sockets))
        self.world.deliver_streams()
        bill = self.world.bill
        self.found.bill, self.found.metered, self.found.units = bill.dollars, self.world.metered(), bill.units
        return self.found

    def _second(self) -> None:
        now = self.world.clock.now
        self._close([name for name, socket in self.sockets.items() if socket.closes_at <= now])
        wanted = {crowd: self._attempts(crowd) for crowd in self.crowds}
        arrived = sum(wanted.values())
        passed = self.world.gateway.admit("$connect", arrived, now) if arrived else 0
        self.found.live += (arrived - passed) * self.world.month.prices["cloudfront_request"]
        for crowd in self._those_that_pass(wanted, passed):
            self._connect(crowd)
        self._talk(now)
        self.world.deliver_streams()
        self._close(self.world.gateway.closed)

    def _attempts(self, crowd: Crowd) -> int:
        first, last = crowd.day
        if not first <= self.world.share() < last:
            return 0
        self._owed[crowd.name] += crowd.connects  # type: ignore[assignment]
        number = int(self._owed[crowd.name])
        self._owed[crowd.name] -= number
        if crowd.honest:
            self.found.honest += number
        return number

    def _those_that_pass(self, wanted: dict[Crowd, int], passed: int) -> Iterator[Crowd]:
        everybody = [crowd for crowd, number in wanted.items() for _ in range(min(number, 2 * passed + 10))]
        yield from self.random.sample(everybody, min(passed, len(everybody)))

    def _connect(self, crowd: Crowd) -> None:
        now, number = self.world.clock.now, next(self._numbers)
        name = f"{crowd.name}-{number}"
        visit = "the-same-visit" if crowd.replays else f"visit-{number:09}"
        secret = "" if crowd.direct else "s"
        event = connect_event(name, visit, address=crowd.address(self.random, number), secret=secret)
        event["requestContext"]["identity"]["sourceIp"] = event["headers"]["X-Forwarded-For"].partition(",")[0]
        if crowd.direct:
            for headers in (event["headers"], event["multiValueHeaders"]):
                headers.pop("Origin", None)
        if not self.world.connect(event, through_cloudfront=not crowd.direct):
            self.found.refused += 1
            return
        self.found.served += crowd.honest
        hold = min(crowd.hold, SOCKET_SECONDS if crowd.messages * IDLE_SECONDS >= 1 else IDLE_SECONDS)
        self.sockets[name] = Socket(crowd, now + hold, now)

    def _talk(self, now: float) -> None:
        due = [(name, socket) for name, socket in self.sockets.items() if socket.talks_at <= now]
        if not due:
            return
        wanted = sum(max(1, int(socket.crowd.messages)) for _, socket in due)
        passed = self.world.gateway.admit("$default", wanted, now)
        self.random.shuffle(due)
        for name, socket in due:
            interval = max(1.0, 1 / socket.crowd.messages) if socket.crowd.messages else SOCKET_SECONDS
            socket.talks_at = now + interval
            number = min(passed, max(1, int(socket.crowd.messages)))
            passed -= number
            for _ in range(number):
                self.world.message(message_event(name))

    def _close(self, names: list[str]) -> None:
        for name in list(names):
            if self.sockets.pop(name, None):
                self.world.disconnect(disconnect_event(name))
        self.world.gateway.closed.clear()


def month_of_dollars(dollars: float, seconds: int) -> Month:
    return Month(dollars, seconds, {name: prices()[name] for name in METERED})


def attack(name: str, dollars: float, seconds: int, **more: Any) -> Outcome:
    """Run a month of a traffic. more: slack, environments, cold."""
    slack = more.pop("slack", 1.0)
    world = World(Gateway(throttles_of(dollars, seconds), BEGIN, slack), month_of_dollars(dollars, seconds), **more)
    usual = HONEST_SHARE * dollars / seconds / price_of(rates.VISIT)
    return Attack(name, traffics(usual)[name], world).run()


def line(found: Outcome) -> str:
    return (
        f"{found.name:<24} {found.share:>7.1%} {found.metered / found.dollars:>8.1%}  {STEPS[found.worst]:<9}"
        f"{found.served:>8,} of {found.honest:<8,} {found.refused:>8,} ${found.live:>12,.2f}"
    )


def main(arguments: list[str]) -> int:
    dollars = float(arguments[0]) if arguments else DOLLARS
    seconds = round(float(arguments[1]) * DAY) if len(arguments) > 1 else DAY
    print(f"${dollars:g} for a month of {seconds / DAY:g} days, throttles up to twice as wide as they are set")
    heads = f"{'traffic':<24} {'bill':>7} {'metered':>8}  {'worst':<9}{'honest served':>20} {'refused':>8}"
    print(f"{heads} {'CloudFront':>13}")
    runs: list[Outcome] = []
    for name in traffics(1.0):
        for slack, cold in ((1.0, False), (2.0, False), (2.0, True)):
            runs.append(attack(name, dollars, seconds, slack=slack, cold=cold))
        worst = max(runs[-3:], key=lambda found: found.share)
        print(line(worst), flush=True)
    worst = max(runs, key=lambda found: found.share)
    print(f"worst found: {worst.name}, {worst.share:.1%} of the dollars")
    return 0 if worst.share <= 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
