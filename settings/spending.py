"""The settings that bound what the stack can cost: the budget of a month, the rates, the limits of one client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from settings.rules import Rule, amount, one_of, whole

LEAST_DOLLARS, MOST_DOLLARS = 0.0001, 10_000
PAY_AS_YOU_GO, FREE_PLAN = "pay-as-you-go", "free"
"""Values of cdn.plan."""


@dataclass(frozen=True)
class Budget:
    """What the counter and the socket may cost in a calendar month; 0: no budget."""

    dollars_a_month: Annotated[
        float,
        Rule(5, "0 (no budget) or a number of dollars from 0.0001 to 10000", amount(LEAST_DOLLARS, MOST_DOLLARS, 0)),
    ]


@dataclass(frozen=True)
class Limits:
    """Connections that one address may open in ten minutes, visits counted for it in a day, and replies to one
    connection in ten seconds; 0 means no limit."""

    connects_per_address: Annotated[int, Rule(100, "a whole number from 0 (no limit) to 100000", whole(0, 100_000))]
    visits_per_address: Annotated[int, Rule(50, "a whole number from 0 (no limit) to 100000", whole(0, 100_000))]
    replies_per_connection: Annotated[int, Rule(10, "a whole number from 0 (no limit) to 1000", whole(0, 1_000))]


@dataclass(frozen=True)
class Throttle:
    """The most connects and messages per second that the WebSocket API passes on, and bursts of them (the budget may
    lower these, see template_gen/rates.py); how many messages a broadcast posts per second, which count against the
    account's throttle; and how old the count on a page may be with a thousand readers."""

    connects_per_second: Annotated[int, Rule(50, "a whole number from 1 to 10000", whole(1, 10_000))]
    connect_burst: Annotated[int, Rule(1000, "a whole number from 1 to 5000", whole(1, 5_000))]
    messages_per_second: Annotated[int, Rule(100, "a whole number from 1 to 10000", whole(1, 10_000))]
    message_burst: Annotated[int, Rule(1000, "a whole number from 1 to 5000", whole(1, 5_000))]
    posts_per_second: Annotated[int, Rule(2000, "a whole number from 1 to 100000", whole(1, 100_000))]
    freshness_seconds: Annotated[
        float, Rule(5, "a number of seconds from 1 to 3600, such as 5 or 2.5", amount(1, 3_600))
    ]


@dataclass(frozen=True)
class Cdn:
    """How CloudFront is paid for."""

    plan: Annotated[
        str,
        Rule(
            PAY_AS_YOU_GO,
            f'"{PAY_AS_YOU_GO}", or "{FREE_PLAN}" for CloudFront\'s flat-rate plan of $0 (docs/costs.md)',
            one_of(PAY_AS_YOU_GO, FREE_PLAN),
        ),
    ]


REPLACED = {
    "throttle.requests_per_second": "throttle.connects_per_second and throttle.messages_per_second",
    "throttle.burst": "throttle.connect_burst and throttle.message_burst",
}
"""Key of an earlier release -> the keys that replace it."""
