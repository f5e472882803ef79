"""What is done when the budget enters another step, and the tick's part of it: to charge held sockets, and close them.

The event that finds the budget in a worse step acts at once. A better one is left to the tick, which comes even if
nothing else does. A step is acted upon first and stored then, on condition that it is still the one before: throttling
the stage twice changes nothing, and of two at the same time one sends the e-mail. If an action fails, the step is not
stored, and the next tick repeats it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from router.broadcasting import site_files
from router.budget import prices
from router.budget.steps import settled
from router.contract.budget import CLOSED, NANODOLLARS, OPEN, STEPS
from router.contract.budget_events import BudgetFailed, BudgetStep, SocketsClosed
from router.errors import RouterError, TopicError

if TYPE_CHECKING:
    from router.budget.budget import Account
    from router.dependencies import Invocation

CLOSED_PER_SECOND: Final = 100
"""Sockets closed a second: each causes an invocation, and a new account runs 10 at once."""

SHUT: Final = (0.0, 0)
"""The rate and the burst of a route that admits nothing."""

LEAVING: Final = "$disconnect"
"""The route that stays open: a connection that closes has to be forgotten."""

_PARAGRAPHS: Final = (
    "Everything works again.",
    "Open pages learn of new visits later than usual. The count is exact.",
    "Open pages learn of new visits later than usual, and new pages do not show the last days. The count is exact.",
    "New pages do not connect: they show the last count. Visitors are not counted while this lasts.",
    "The socket API is throttled and open sockets are closed. The page itself is served as always.",
)


@dataclass(frozen=True, slots=True)
class _State:
    """acted: the step last acted upon. was: that of this month's row, None if the month has just begun."""

    account: Account
    acted: int
    was: int | None


def enforce(invocation: Invocation) -> None:
    """Charge held sockets and act upon the step. Never raises: the next tick comes in a minute."""
    try:
        if invocation.dependencies.has_budget:
            _enforce(invocation)
    except RouterError as error:
        invocation.log.failure(BudgetFailed, error)


def _enforce(invocation: Invocation) -> None:
    now, held = invocation.now(), invocation.store.connections.number()
    state = _read(invocation)
    invocation.budget.learn(state.account, now)
    if held:
        invocation.dependencies.meter.count(prices.MINUTE, held)
        invocation.dependencies.settle()
    step = settled(state.acted, invocation.budget.step(now))
    _act(state, step, invocation)
    if step == CLOSED and held:
        _close_sockets(invocation)


def notice(invocation: Invocation) -> None:
    """Act upon a step that is worse than the last, as the budget is known. Raises RouterError.

    In a month without a tick yet, the last step is not known: the tick acts.
    """
    account = invocation.budget.account(invocation.now())
    if account.acted is None:
        return
    step = settled(account.acted, invocation.budget.step(invocation.now()))
    if step > account.acted:
        _act(_State(account, account.acted, account.acted), step, invocation)


def _act(state: _State, step: int, invocation: Invocation) -> None:
    if step != state.acted:
        _throttle(state.acted, step, invocation)
    budgets = invocation.store.budgets(invocation.now())
    entered = step != state.was and budgets.enter(_month(invocation), state.was, step)
    if entered and step != state.acted:
        _tell(step, invocation)


def _read(invocation: Invocation) -> _State:
    """Return the state. In the first minute of a month it is that of the month before, whose alarm is still on."""
    now, terms = invocation.now(), invocation.configuration.budget
    budgets = invocation.store.budgets(now)
    (account,) = budgets.read(_month(invocation))
    if account.acted is not None:
        return _State(account, account.acted, account.acted)
    (before,) = budgets.read(terms.month_before(now))
    if before.alarm and not account.alarm:
        account = budgets.alarm(_month(invocation), before.alarm)
    return _State(account, before.acted or OPEN, None)


def _month(invocation: Invocation) -> str:
    return invocation.configuration.budget.month(invocation.now())[0]


def _throttle(acted: int, step: int, invocation: Invocation) -> None:
    """Throttle the stage to nothing when the budget closes, and restore its throttle when it does not any more."""
    throttles = invocation.configuration.budget.throttles
    if (acted == CLOSED) == (step == CLOSED) or not throttles:
        return
    shut = {route: throttle if route == LEAVING else SHUT for route, throttle in throttles.items()}
    wanted = shut if step == CLOSED else throttles
    invocation.dependencies.stage.throttle(wanted)


def _tell(step: int, invocation: Invocation) -> None:
    """Log the step, publish it to programs, and send the owner an e-mail."""
    terms, account = invocation.configuration.budget, invocation.budget.account(invocation.now())
    spent = account.spent / NANODOLLARS
    invocation.log.event(BudgetStep(STEPS[step], spent, terms.dollars, account.alarm or None))
    site_files.refresh(invocation, min_age=0)
    if not terms.topic:
        return
    why = f"The alarm {account.alarm} is on." if account.alarm else f"Spent ${spent:.4g} of ${terms.dollars:g}."
    text = f"{why} {_PARAGRAPHS[step]}\n\nBy itself it opens as the month goes on. `build.py status` shows the step."
    try:
        invocation.dependencies.topic.publish(f"Visitor counter, budget: {STEPS[step]}", text)
    except TopicError as error:
        invocation.log.failure(BudgetFailed, error)


def _close_sockets(invocation: Invocation) -> None:
    """Close open sockets at a steady pace, as long as time allows; the next tick closes the rest."""
    closed, pause = 0, 1 / CLOSED_PER_SECOND
    waiting = [one.id for page in invocation.store.connections.pages() for one in page]
    for connection_id in waiting:
        if not invocation.deadline.allows(pause):
            break
        invocation.dependencies.stage.close(connection_id)
        closed += 1
        invocation.dependencies.sleep(pause)
    invocation.log.event(SocketsClosed(closed, len(waiting) - closed))
