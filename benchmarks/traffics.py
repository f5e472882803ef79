"""The traffics of benchmarks/ceiling.py: honest visitors, and those who want the owner to pay."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

Address = Callable[[random.Random, int], str]
"""Takes a source of randomness and the number of the connection; returns the address of the client."""


def one_address(_: random.Random, __: int) -> str:
    return "203.0.113.7"


def many_addresses(random_: random.Random, _: int) -> str:
    return ".".join(str(random_.randrange(1, 255)) for _ in range(4))


def one_block(random_: random.Random, _: int) -> str:
    """Return an address in one IPv6 /48, of a network of its own."""
    return f"2001:db8:1:{random_.randrange(65_536):x}::1"


def many_blocks(random_: random.Random, _: int) -> str:
    """Return an address in a /48 of its own."""
    return f"2001:{random_.randrange(65_536):x}:{random_.randrange(65_536):x}:1::1"


@dataclass(frozen=True)
class Crowd:
    """Clients of one kind.

    connects: attempts a second. hold: seconds that a socket stays open. messages: a second and socket, after the first
    honest: they show a page, which is what the owner pays for. direct: without CloudFront and Origin
    replays: all send the same visit id. day: they come within this share of the month only, from and to
    """

    name: str
    connects: float
    hold: float = 180.0
    messages: float = 0.0
    honest: bool = False
    direct: bool = False
    replays: bool = False
    address: Address = many_addresses
    day: tuple[float, float] = (0.0, 1.0)


FLOOD = 10_000.0
"""Attempts a second that the throttle has to stop: the account's own limit."""


def honest(connects: float, **more: object) -> Crowd:
    return Crowd("honest", connects, honest=True, **more)  # type: ignore[arg-type]


def traffics(usual: float) -> dict[str, tuple[Crowd, ...]]:
    """Return the crowds of each traffic by name. usual: honest connects a second."""
    visitors = honest(usual)
    return {
        "honest visitors": (visitors,),
        "viral day": (visitors, honest(usual * 400, day=(0.5, 0.533))),
        "viral month": (honest(usual * 400),),
        "flood, one address": (visitors, Crowd("flood", FLOOD, hold=1, address=one_address)),
        "flood, one /48": (visitors, Crowd("flood", FLOOD, hold=1, address=one_block)),
        "flood, many /48s": (visitors, Crowd("flood", FLOOD, hold=1, address=many_blocks)),
        "flood, direct API": (visitors, Crowd("flood", FLOOD, hold=1, direct=True)),
        "slow drip": (visitors, Crowd("drip", usual * 50, hold=1)),
        "held sockets": (visitors, Crowd("held", FLOOD, hold=7_200, messages=1 / 500)),
        "held, slowly opened": (visitors, Crowd("held", usual * 20, hold=7_200, messages=1 / 500)),
        "message flood": (visitors, Crowd("talk", FLOOD, hold=7_200, messages=10)),
        "one talks": (visitors, Crowd("talk", usual * 5, hold=7_200, messages=100)),
        "replays of one visit": (visitors, Crowd("replay", FLOOD, hold=1, replays=True)),
        "replays, held": (visitors, Crowd("replay", FLOOD, hold=3_600, replays=True, messages=1 / 500)),
        "late flood": (visitors, Crowd("flood", FLOOD, hold=1, day=(0.9, 1.0))),
        "late held sockets": (visitors, Crowd("held", FLOOD, hold=7_200, messages=1 / 500, day=(0.93, 1.0))),
        "everything at once": (
            visitors,
            Crowd("flood", FLOOD, hold=1, address=many_blocks),
            Crowd("held", FLOOD, hold=7_200, messages=1 / 500),
            Crowd("talk", FLOOD, hold=600, messages=10, direct=True),
            Crowd("replay", FLOOD, hold=60, replays=True),
        ),
    }
