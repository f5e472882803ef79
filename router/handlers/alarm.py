"""The handler of the alarm on the service's own metrics, a second pair of eyes on the budget.

While it is on, the budget is closed, whatever the meter says. The row of the month keeps it; the first tick of a month
takes it over from the month before, and a tick drops it after an hour, as the event that ends it may be lost
(`enforcement`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.handlers import enforcement

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Alarm
    from router.responses import LambdaResponse


def alarm(event: Alarm, invocation: Invocation) -> LambdaResponse:
    """Store that the alarm is on, or off again, and act upon it. Raises StoreError, and Lambda retries."""
    if not invocation.dependencies.has_budget:
        return {"step": 0}
    now = invocation.now()
    month = invocation.configuration.budget.month(now)[0]
    account = invocation.store.budgets(now).alarm(month, event.name if event.is_on else "", now)
    invocation.budget.learn(account, now)
    enforcement.enforce(invocation)
    return {"step": invocation.budget.step(now)}
