"""What an execution environment knows of the month's budget, and how it charges to it what its meter counted.

An environment can be frozen for good after any invocation, and what it had kept to itself would be lost; traffic that
always finds cold environments would then cost without being metered. So nothing is kept from one invocation to the
next. An invocation that used less than a quantum (20 microdollars) tosses a coin instead, and charges a whole quantum
with the probability of its share of it: the sum is right on average, with a deviation below 0.3 % of the month's
dollars, and a visit causes a third of a write. Larger amounts are charged as they are.

The write returns the whole sum, which is how the environment knows the step that the budget is in; the answer to a
page's first message reads it too (`learn`). A cold environment knows nothing yet and admits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from router.budget import prices
from router.budget.steps import WIDEST, settled, spacing_of
from router.contract.budget import CLOSED, NANODOLLARS, REFUSING, step_of, usable
from router.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from router.budget.meter import Meter
    from router.budget.terms import Terms


KNOWN_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Account:
    """The row of a month.

    spent: in nanodollars
    acted: the step last acted upon, None before the first tick of the month
    alarm: the name of an alarm that is on, empty without one
    told: the worst step that the owner was told of since it was open
    alarmed_at: when an alarm last came on or off, in epoch seconds
    """

    spent: int = 0
    acted: int | None = None
    alarm: str = ""
    told: int = 0
    alarmed_at: int = 0


class Budget:
    """The budget as one environment knows it. Times are in epoch seconds.

    was_closed: True once this environment has set the throttle of the stage, until a tick that is open set it again
    failed_at: when an action upon a step last failed here
    """

    def __init__(self, terms: Terms, meter: Meter) -> None:
        self.terms = terms
        self.meter = meter
        self._month = ""
        self._account = Account()
        self._known_at = 0.0
        self.was_closed = False
        self.failed_at = -math.inf

    def learn(self, account: Account, now: float) -> None:
        """Remember the row of the current month, as it has just been read."""
        self._month, self._account, self._known_at = self.terms.month(now)[0], account, now

    def month_to_read(self, now: float) -> str:
        """Return the month whose row is worth reading with other rows; empty if it was read within the last minute."""
        is_known = self.terms.month(now)[0] == self._month and now - self._known_at < KNOWN_SECONDS
        return "" if is_known or not self.terms.dollars else self.terms.month(now)[0]

    def account(self, now: float) -> Account:
        """Return the row of the month as far as it is known."""
        return self._account if self.terms.month(now)[0] == self._month else Account()

    def step(self, now: float) -> int:
        """Return the step, an index of `contract.budget.STEPS`. It does not fall back at once to the one before."""
        account = self.account(now)
        if account.alarm:
            return CLOSED
        step = step_of(account.spent, self.terms.month(now)[1], self.terms.dollars)
        return step if account.acted is None else settled(account.acted, step)

    def spacing(self, now: float) -> float:
        """Return the factor by which broadcasts are spaced out: 1 while open; infinite once closed."""
        step = self.step(now)
        if step >= REFUSING:
            return WIDEST if step == REFUSING else math.inf
        return spacing_of(self.account(now).spent, self.terms.month(now)[1], self.terms.dollars)

    def _is_outdated(self, now: float) -> bool:
        """Return True if new sockets are refused because of what was known a minute ago: the next charge asks again."""
        return self.step(now) >= REFUSING and now - self._known_at >= KNOWN_SECONDS

    def affords(self, units: Mapping[str, float], now: float) -> bool:
        """Return True if what is left of the month's money so far pays for these units."""
        if self.terms.prices is None:
            return True
        spent = self.account(now).spent + self.terms.prices.of(units)
        return spent <= usable(self.terms.month(now)[1], self.terms.dollars) * NANODOLLARS

    def settle(self, add: Callable[[str, int], Account], now: float, random: Callable[[], float]) -> bool:
        """Charge what the meter has counted, and return True if that was written: the state is known then.

        Raises StoreError, and then the meter keeps what it has counted.

        add: adds nanodollars to the row of a month and returns the row
        random: returns a number from 0 to 1
        """
        if self.terms.prices is None:
            return False
        amount, quantum = self.terms.prices.of(self.meter.units), self.terms.quantum
        if -quantum < amount <= 0:
            return False
        is_outdated = self._is_outdated(now)
        if 0 < amount < quantum and not is_outdated and random() * quantum >= amount:
            self.meter.take()
            return False
        month, units = self.terms.month(now)[0], self.meter.take()
        # The write itself is charged here, so what the meter counts of it is dropped.
        charged = (max(amount, quantum) if amount > 0 and not is_outdated else amount) + self.terms.prices.of(
            {prices.WRITE: 1}
        )
        try:
            account = add(month, charged)
        except StoreError:
            self.meter.put_back(units)
            raise
        self.meter.take()
        self.learn(account, now)
        return True
