"""What each event costs apart from the requests of its handler (`metering`). Charged once the event is handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.budget import prices
from router.budget.meter import FIXED
from router.contract.budget_events import BudgetFailed
from router.errors import ConfigurationError, RouterError
from router.events import Connect, Message, Sweep, Tick
from router.handlers import enforcement

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Event

OVERHEAD_SECONDS: Final = 0.002
"""What Lambda bills of an invocation besides the handler: its runtime, and the rounding to whole milliseconds."""


def begin(event: Event, invocation: Invocation) -> float:
    """Begin the account of an event and return the time. A scheduled event may use what is fixed."""
    invocation.dependencies.meter.allow(FIXED if isinstance(event, Tick | Sweep) else {})
    return invocation.dependencies.clock()


def end(event: Event, started: float, invocation: Invocation) -> None:
    """Charge the event to the budget. Never raises: what could not be charged is charged with the next event."""
    try:
        if invocation.dependencies.has_budget:
            _count(event, started, invocation)
            if invocation.dependencies.settle() and enforcement.notice(invocation):
                invocation.dependencies.settle()
    except ConfigurationError:
        return  # the event has failed with it
    except RouterError as error:
        invocation.log.failure(BudgetFailed, error)


def _count(event: Event, started: float, invocation: Invocation) -> None:
    meter = invocation.dependencies.meter
    seconds = max(0.0, invocation.dependencies.clock() - started) + OVERHEAD_SECONDS
    meter.count(prices.REQUEST)
    meter.count(prices.GIGABYTE_SECOND, seconds * invocation.configuration.budget.gigabytes)
    match event:
        case Message(frames=frames):
            meter.count(prices.MESSAGE, frames)
        case Connect():
            # AWS does not say whether a handshake is a message, and not every one came through CloudFront: counted.
            meter.count(prices.MESSAGE)
            meter.count(prices.EDGE_REQUEST)
        case _:
            pass
