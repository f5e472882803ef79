"""What counter and socket can cost in a month at most, whatever arrives, with a budget.

The router meters what it causes and what it sees, and stops at 95 % of the budget (router/contract/budget.py). The rest
is a reserve for what can still come between the last dollar and the effect of stopping, which the rates of the gateway
bound (template_gen/rates.py): a burst of connects and of messages, a few minutes at the steady rates, broadcasts to the
sockets that are open and their closing, what execution environments have not told each other yet; and for the storage
of a month of visits, which nobody meters.

Not covered, because neither the router nor the gateway sees it: downloads of the page, and handshakes that the gateway
refuses, beyond CloudFront's free tier; and what is fixed. Throttled requests are taken to cost nothing, as AWS
documents it for REST APIs (docs/real-account.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from deployment.plan.cost import Traffic, estimate
from router.contract.budget import usable
from settings import FREE_PLAN, Settings

REACTION_SECONDS = 180
"""From the last dollar to the effect: a tick that acts within a minute, the stage's update, and as much again."""

A_CENT = Decimal("0.01")

BEYOND_FREE = "downloads of the page beyond CloudFront's free 1 TB and 10 million requests"

STORED: Mapping[str, float] = {"dynamodb_gigabyte": 4e-7, "dynamodb_backup_gigabyte": 4e-7}
"""What a visit stores for a month: two rows of less than 200 bytes with their overhead."""

METERED, BURSTS, STEADY, HELD, UNTOLD, STORAGE = (
    "metered by the router, which stops there",
    "bursts of connects and messages after that",
    f"{REACTION_SECONDS} s more at the rates of the gateway",
    "sockets that are open then: broadcasts, closing",
    "not told yet between execution environments",
    "storage of the visits of a month",
)


@dataclass(frozen=True)
class Ceiling:
    """The ceiling in dollars a month. budget: of the settings; 0: none, and `worst` is the price of the rates alone.

    parts: what it consists of. fixed: what is paid without any visitor, besides. covers_page: downloads cost nothing.
    """

    budget: float
    worst: float
    parts: Mapping[str, float]
    fixed: float
    covers_page: bool

    @property
    def dollars(self) -> float:
        """Return what is promised: the budget, or the sum of the parts where a budget is smaller than its parts."""
        return max(self.budget, self.worst)


def ceiling(settings: Settings) -> Ceiling:
    """Return the ceiling of a stack with these settings. Without a budget nothing bounds posts and held sockets."""
    parts = _parts(settings) if settings.budget.dollars_a_month else _rates_alone(settings)
    fixed = estimate(settings, Traffic(0, 0)).dollars
    return Ceiling(settings.budget.dollars_a_month, sum(parts.values()), parts, fixed, settings.cdn.plan == FREE_PLAN)


def ceiling_lines(found: Ceiling, *, detailed: bool = False) -> list[str]:
    """Return the ceiling in a few lines; detailed: and what it consists of."""
    page = "; the page is in CloudFront's plan of $0" if found.covers_page else f", and {BEYOND_FREE}"
    if found.budget:
        one = f"ceiling: at most {_dollars(found.dollars)} a month for counter and socket, whatever happens"
    else:
        one = (
            "ceiling: none, as budget.dollars_a_month is 0; connects and messages at the rates of [throttle] cost "
            f"{_dollars(found.worst)} a month, and posts and open sockets more"
        )
    besides = f"  besides: about ${found.fixed:,.2f} without any visitor (ticks, storage, alarms, zone){page}"
    parts = [f"  {name:<48} {_dollars(dollars):>12}" for name, dollars in found.parts.items()]
    return [one, *(parts if detailed else []), besides]


def _parts(settings: Settings) -> Mapping[str, float]:
    # Imported here: these import Troposphere, which users of the dataclass do not need.
    from template_gen import rates
    from template_gen.prices import price_of

    connects, messages = rates.connects(settings), rates.messages(settings)
    visit, message = price_of(rates.VISIT), price_of(rates.MESSAGE)
    steady = connects.per_second * visit + messages.per_second * message
    return {
        METERED: usable(1, settings.budget.dollars_a_month),
        BURSTS: connects.burst * visit + messages.burst * message,
        STEADY: REACTION_SECONDS * steady,
        HELD: rates.held(settings) * price_of(rates.HELD),
        UNTOLD: (connects.burst + messages.burst) * rates.quantum(settings),
        STORAGE: connects.in_month() * price_of(STORED),
    }


def _rates_alone(settings: Settings) -> Mapping[str, float]:
    from template_gen import rates
    from template_gen.prices import price_of

    connects, messages = rates.connects(settings), rates.messages(settings)
    return {
        "connects at full rate": connects.in_month() * price_of(rates.VISIT),
        "messages at full rate": messages.in_month() * price_of(rates.MESSAGE),
    }


def _dollars(number: float) -> str:
    """Return the number in dollars: with cents, or with as many digits as a fraction of a cent needs, rounded up."""
    unit = A_CENT if number >= A_CENT or not number else A_CENT / 100
    return f"${Decimal(str(number)).quantize(unit, ROUND_CEILING):,f}"
