"""What is done when the budget enters another step, and the tick's part of it: to charge held sockets, and close them.

The event that finds the budget in a worse step acts at once. A better one is left to the tick, which comes even if
nothing else does. The stage is throttled first and the step stored then, on condition that it is still the one before:
of two at the same time one sends the e-mail, and the other sets the throttle of the step that was stored. If the
throttle cannot be set, the step is not stored, and every tick tries again; other events leave it to the tick. An e-mail
that fails is not repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from router.aws.connections_api import CLOSE
from router.broadcasting import broadcast, site_files
from router.broadcasting.fanout import deliver
from router.budget import prices
from router.budget.steps import settled
from router.contract.budget import ALARM_LASTS, CLOSED, NANODOLLARS, OPEN, REFUSING, STEPS
from router.contract.budget_events import BudgetFailed, BudgetStep, SocketsClosed
from router.items import Connection

if TYPE_CHECKING:
    from router.budget.budget import Account
    from router.dependencies import Invocation

CLOSED_PER_SECOND: Final = 40.0
"""Sockets closed a second at most: each causes an invocation, and a new account runs 10 at once."""

CLOSED_SHARE: Final = 0.8
"""Of the rate of `$disconnect`: a departure that is throttled is lost, and its row stays for another tick."""

CLOSING_SECONDS: Final = 40.0
"""How long a tick closes sockets at most: the next comes in a minute."""

SHUT: Final = (0.0, 0)
"""The rate and the burst of a route that admits nothing."""

PATIENCE_SECONDS: Final = 60
"""After an action failed, this environment leaves the step to the tick for so long."""

LEAVING: Final = "$disconnect"
"""The route that stays open: a connection that closes has to be forgotten."""

_PARAGRAPHS: Final = (
    "Everything works again.",
    "Open pages learn of new visits later than usual. The count is exact.",
    "Open pages learn of new visits later than usual, and new pages do not show the last days. The count is exact.",
    "New pages do not connect: they show the last count. Visitors are not counted while this lasts.",
    "The socket API is throttled and open sockets are closed. The page itself is served as always.",
)


_OUTLOOK: Final = "It opens by itself as the month goes on. `build.py status` shows the step."


@dataclass(frozen=True, slots=True)
class _State:
    """account: the row of the month. acted, told: of it, or of the month before if this one has just begun."""

    account: Account
    acted: int
    told: int


def enforce(invocation: Invocation) -> None:
    """Charge held sockets and act upon the step. Never raises: the next tick comes in a minute."""
    try:
        if invocation.dependencies.has_budget:
            _enforce(invocation)
    except Exception as error:  # noqa: BLE001 - such as botocore's when it makes a client: the tick goes on
        invocation.log.failure(BudgetFailed, error)


def _enforce(invocation: Invocation) -> None:
    now, held = invocation.now(), invocation.store.connections.number()
    state = _read(invocation)
    invocation.budget.learn(state.account, now)
    if held:
        invocation.dependencies.meter.count(prices.MINUTE, held)
        invocation.dependencies.settle()
    step = settled(state.acted, invocation.budget.step(now))
    try:
        if step == state.account.acted:
            _repeat(step, invocation)
        else:
            _act(state, step, invocation)
    finally:
        if step == CLOSED and held:
            _close_sockets(invocation)


def notice(invocation: Invocation) -> bool:
    """Act upon a step that is worse than the last, as the budget is known; return True if it is.

    In a month without a tick yet, the last step is not known: the tick acts. So it does for a minute after an action
    failed here, as visitors wait for this one. Raises what an action raises.
    """
    now, budget = invocation.now(), invocation.budget
    account, step = budget.account(now), budget.step(now)
    if account.acted is None or step <= account.acted or now - budget.failed_at < PATIENCE_SECONDS:
        return False
    try:
        _act(_State(account, account.acted, account.told), step, invocation)
    except Exception:
        budget.failed_at = now
        raise
    return True


def _act(state: _State, step: int, invocation: Invocation) -> None:
    """Act upon another step, and store it. Only what changes is done; whoever stores the change tells it."""
    now, is_at_gate = invocation.now(), (state.acted == CLOSED) != (step == CLOSED)
    if is_at_gate:
        _throttle(step, invocation)
    told = OPEN if step == OPEN else max(step, state.told)
    account = invocation.store.budgets(now).enter(_month(invocation), state.account.acted, step, told)
    if account is None:
        if is_at_gate:
            _follow(invocation)
        return
    invocation.budget.learn(account, now)
    if step != state.acted:
        _log(step, invocation)
    if (step < REFUSING) != (state.acted < REFUSING):
        site_files.refresh_at_once(invocation)
    if told != state.told:
        _send_mail(step, invocation)


def _follow(invocation: Invocation) -> None:
    """Set the throttle of the step that another environment has stored: the one set here may have come after it."""
    now = invocation.now()
    (account,) = invocation.store.budgets(now).read(_month(invocation))
    invocation.budget.learn(account, now)
    _throttle(account.acted or OPEN, invocation)


def _repeat(step: int, invocation: Invocation) -> None:
    """Set the throttle again while closed, which a deploy may have reset, and once after: one may have come late."""
    was_closed = invocation.budget.was_closed
    if step == CLOSED or was_closed:
        _throttle(step, invocation)
    invocation.budget.was_closed = step == CLOSED


def _read(invocation: Invocation) -> _State:
    """Return the state. In the first minute of a month it is that of the month before, whose alarm is still on.

    An alarm that came an hour ago is dropped.
    """
    now, terms = invocation.now(), invocation.configuration.budget
    budgets = invocation.store.budgets(now)
    (account,) = budgets.read(_month(invocation))
    if account.alarm and not _is_recent(account, now):
        account = budgets.alarm(_month(invocation), "", now)
    if account.acted is not None:
        return _State(account, account.acted, account.told)
    (before,) = budgets.read(terms.month_before(now))
    if before.alarm and _is_recent(before, now) and not account.alarmed_at:
        account = budgets.alarm(_month(invocation), before.alarm, before.alarmed_at)
    return _State(account, before.acted or OPEN, before.told)


def _is_recent(account: Account, now: int) -> bool:
    """Return True if the alarm came within the last hour."""
    return now - account.alarmed_at < ALARM_LASTS


def _month(invocation: Invocation) -> str:
    return invocation.configuration.budget.month(invocation.now())[0]


def _throttle(step: int, invocation: Invocation) -> None:
    """Throttle the stage to nothing if the step is closed, else restore its throttle."""
    invocation.budget.was_closed = True
    throttles = invocation.configuration.budget.throttles
    if not throttles:
        return
    shut = {route: throttle if route == LEAVING else SHUT for route, throttle in throttles.items()}
    wanted = shut if step == CLOSED else throttles
    invocation.dependencies.stage.throttle(wanted)


def _log(step: int, invocation: Invocation) -> None:
    account, dollars = invocation.budget.account(invocation.now()), invocation.configuration.budget.dollars
    invocation.log.event(BudgetStep(STEPS[step], account.spent / NANODOLLARS, dollars, account.alarm or None))


def _send_mail(step: int, invocation: Invocation) -> None:
    """Send the owner an e-mail: one for each step until it is open again, and one then."""
    terms, account = invocation.configuration.budget, invocation.budget.account(invocation.now())
    if not terms.topic:
        return
    why = f"The alarm {account.alarm} is on." if account.alarm else ""
    spent = f"Spent ${account.spent / NANODOLLARS:.4g} of ${terms.dollars:g}."
    text = f"{why or spent} {_PARAGRAPHS[step]}\n\n{_OUTLOOK}"
    try:
        invocation.dependencies.topic.publish(f"Visitor counter, budget: {STEPS[step]}", text)
    except Exception as error:  # noqa: BLE001 - such as botocore's when it makes a client: the step is stored
        invocation.log.failure(BudgetFailed, error)


def _close_sockets(invocation: Invocation) -> None:
    """Close open sockets at a steady pace, as long as time allows; the next tick closes the rest."""
    # Without the names of their pages, as one message closes all.
    waiting = [Connection(one.id, one.connected_at) for page in invocation.store.connections.pages() for one in page]
    closing = replace(invocation, deadline=invocation.deadline.limited_to(CLOSING_SECONDS))
    deliveries = deliver(waiting, {"": CLOSE}, closing, posts_per_second=_closed_per_second(invocation))
    result = broadcast.summarise(waiting, deliveries, invocation.now())
    invocation.store.connections.delete_all(result.gone)
    closed = result.reached + len(result.gone)
    invocation.log.event(SocketsClosed(closed, len(waiting) - closed))


def _closed_per_second(invocation: Invocation) -> float:
    rate, _ = invocation.configuration.budget.throttles.get(LEAVING, SHUT)
    return min(CLOSED_PER_SECOND, CLOSED_SHARE * rate or CLOSED_PER_SECOND)
