"""What each event costs apart from the requests of its handler (`metering`). Charged once the event is handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.budget import prices
from router.budget.meter import FIXED
from router.contract.budget_events import BudgetFailed
from router.errors import ConfigurationError
from router.events import Connect, Message, Sweep, Tick
from router.handlers import enforcement

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Event

OVERHEAD_SECONDS: Final = 0.002
"""What Lambda bills of an invocation besides the handler: its runtime, and the rounding to whole milliseconds."""

NOTICE_SECONDS: Final = 7.5
"""What acting upon a step may take: two clients of botocore, and requests that run into their timeouts."""


def begin(event: Event, invocation: Invocation) -> float:
    """Begin the account of an event and return the time. A scheduled event may use what is fixed."""
    invocation.dependencies.meter.allow(FIXED if isinstance(event, Tick | Sweep) else {})
    return invocation.dependencies.clock()


def end(event: Event, started: float, invocation: Invocation) -> None:
    """Charge the event to the budget. Never raises: what could not be charged is charged with the next event."""
    try:
        if invocation.dependencies.has_budget:
            _count(event, started, invocation)
            _settle(invocation)
    except ConfigurationError:
        return  # the event has failed with it
    except Exception as error:  # noqa: BLE001 - the event has been handled: an error would only repeat it
        invocation.log.failure(BudgetFailed, error)


def _settle(invocation: Invocation) -> None:
    """Charge what was counted and act upon a worse step, each if there is time; the meter keeps what is left."""
    if not invocation.deadline.allows() or not invocation.dependencies.settle():
        return
    if invocation.deadline.allows(NOTICE_SECONDS) and enforcement.notice(invocation):
        invocation.dependencies.settle()


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
