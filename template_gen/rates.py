"""Rates that the budget pays for: of the routes of the WebSocket API, of the tables, and of the alarm.

A throttle of API Gateway is a token bucket, and so a budget that accrues: its rate is what a second of the month pays
for, its burst what may be borrowed. Both are the lower of the setting and of what the budget allows, so that requests
at full rate for a whole month cost less than the month's dollars even if the router did not count them. What follows
from them without a request, posts to readers and sockets held open, is for the router to meter (router/budget).

AWS calls throttles "targets", not guarantees: docs/costs.md says what is certain.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from router.contract import budget
from settings import Settings
from template_gen.prices import price_of

MONTH_SECONDS = 31 * 86_400
"""Of the longest month, which has the lowest rates."""

CONNECT_SHARE, MESSAGE_SHARE = 0.60, 0.35
"""The shares of the budget that connects and messages may cost at their rates in a month: so each visit may send
1.3 messages at the price of the largest; it sends one, and one more for each ten minutes."""

BURST_SHARE = 0.01
"""The share of the budget that a burst may cost, of connects and of messages: so much may come after the last dollar
was spent and before the router knows."""

_MEGABYTE_LINES = 1 / 1024**2
"""A log line of 1 KB, in gigabytes."""

VISIT: Mapping[str, float] = {
    "cloudfront_request": 1,
    "websocket_message": 2,
    "websocket_minute": 3,
    "lambda_request": 4,
    "lambda_gigabyte_second": 4 * 0.03,
    "dynamodb_write": 10,
    "dynamodb_read": 9,
    "logs_gigabyte": 4 * _MEGABYTE_LINES,
}
"""What a connect causes without its first message: its handshake, its own message and the new count; a visit of three
minutes; four invocations of 60 ms at half a gigabyte; the requests that docs/costs.md lists, and the meter's. A test
compares them with deployment/plan/cost.py. badge.svg and count.json are not among it: they are written at most once a
minute, whoever comes, and metered."""

MESSAGE: Mapping[str, float] = {
    "websocket_message": 5,
    "lambda_request": 1,
    "lambda_gigabyte_second": 0.03,
    "dynamodb_read": 4,
    "logs_gigabyte": _MEGABYTE_LINES,
}
"""What a message from a page causes at most: itself, which is four with 128 KB, the answer, an invocation and what it
reads."""

HELD: Mapping[str, float] = {
    "websocket_message": 4,
    "websocket_minute": 5,
    "lambda_request": 1,
    "lambda_gigabyte_second": 0.03,
    "dynamodb_write": 2,
    "logs_gigabyte": _MEGABYTE_LINES,
}
"""What a held socket costs while the router closes it: three more broadcasts, five minutes, its closing."""

HELD_SECONDS = 7_200
"""API Gateway closes a connection after two hours."""

ACCOUNT_CONNECTS_A_SECOND = 500
"""New connections of an account and Region. Source: quotas for WebSocket APIs, Amazon API Gateway Developer Guide."""

ALARM_SECONDS = 300
ALARM_SHARE = 0.05
"""The alarm goes off when the messages of five minutes cost so much of the budget; a hundred such minutes spend it. It
has to be above what the router sends on purpose: 1 % of $5 are broadcasts to 700 readers, 5 % to 17,000."""

TABLE_QUOTA = 40_000
"""Request units per second of an on-demand table. Source: quotas, Amazon DynamoDB Developer Guide."""


@dataclass(frozen=True)
class Rate:
    """A token bucket: requests per second, and the most at once."""

    per_second: float
    burst: int

    def in_month(self) -> float:
        """Return the most requests that pass in a month."""
        return self.per_second * MONTH_SECONDS + self.burst


def connects(settings: Settings) -> Rate:
    """Return the rate of new connections."""
    wanted = Rate(settings.throttle.connects_per_second, settings.throttle.connect_burst)
    at_once = price_of(VISIT) + price_of(HELD) + quantum(settings)
    return _affordable(wanted, settings.budget.dollars_a_month, CONNECT_SHARE, price_of(VISIT), at_once)


def messages(settings: Settings) -> Rate:
    """Return the rate of messages from pages."""
    wanted = Rate(settings.throttle.messages_per_second, settings.throttle.message_burst)
    at_once = price_of(MESSAGE) + quantum(settings)
    return _affordable(wanted, settings.budget.dollars_a_month, MESSAGE_SHARE, price_of(MESSAGE), at_once)


def routes(settings: Settings) -> Mapping[str, Rate]:
    """Return route key -> rate. A departure belongs to a connect that was let in, and must not be lost."""
    leaving = Rate(settings.throttle.connects_per_second, settings.throttle.connect_burst)
    return {"$connect": connects(settings), "$disconnect": leaving, "$default": messages(settings)}


def stage_throttles(settings: Settings) -> str:
    """Return the rates of the routes as the router takes them to restore the stage."""
    return json.dumps(
        {key: [rate.per_second, rate.burst] for key, rate in routes(settings).items()}, separators=(",", ":")
    )


def quantum(settings: Settings) -> float:
    """Return the dollars that one execution environment may have spent without having told the others."""
    return budget.quantum(settings.budget.dollars_a_month) / budget.NANODOLLARS


def held(settings: Settings) -> float:
    """Return the most sockets that are open at a time."""
    rate = connects(settings)
    return rate.per_second * HELD_SECONDS + rate.burst


def alarm_messages(settings: Settings) -> int:
    """Return the number of messages in ALARM_SECONDS that sets off the alarm."""
    dollars = settings.budget.dollars_a_month * ALARM_SHARE
    return max(1, math.floor(dollars / price_of({"websocket_message": 1})))


def _affordable(wanted: Rate, dollars: float, share: float, price: float, at_once: float) -> Rate:
    """Return the lower of what is wanted and what the dollars of a month pay for; without a budget what is wanted.

    price: of a request at the steady rate. at_once: of one in a burst, with all that it may lead to
    """
    if not dollars:
        return wanted
    steady = math.floor(dollars * share / MONTH_SECONDS / price * 1e6) / 1e6
    burst = math.floor(dollars * BURST_SHARE / at_once)
    return Rate(min(wanted.per_second, max(1e-6, steady)), min(wanted.burst, max(1, burst)))
