"""In which step the budget is, and why: from the row of the month, by the function that the router acts by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deployment.aws.finding import Finding
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from router.contract import variables
from router.contract.budget import (
    ALARM,
    CLOSED,
    NANODOLLARS,
    OPEN,
    ROW_PREFIX,
    SPENT,
    STEP,
    STEPS,
    month_of,
    step_of,
    usable,
)

MEANING = {
    "open": "",
    "spaced": "counts are told less often",
    "thinned": "counts are told less often, and answers have no history",
    "refusing": "new visitors see the last count, without a socket",
    "closed": "all visitors see the last count, without a socket",
}
"""Step -> what a visitor notices."""

WHEN_OVER = "it opens again when the alarm is over, which the alarm's graph in the CloudWatch console shows"

NEXT = "it opens again as the month goes on; to open it now: raise budget.dollars_a_month in settings.toml and deploy"


def budget_state(function: str, table: str, target: Target, now: datetime) -> Finding:
    """Return the finding. The terms are those of the deployed function, not of the settings. Raises CloudError."""
    answer = target.client("lambda").get_function_configuration(FunctionName=function)
    environment = answer.get("Environment", {}).get("Variables", {})
    dollars = float(environment.get(variables.BUDGET_DOLLARS) or 0)
    if not dollars:
        return Finding("budget", "none: nothing bounds the cost (budget.dollars_a_month)")
    month, share = month_of(now.timestamp(), float(environment.get(variables.BUDGET_MONTH_SECONDS) or 0))
    row = CountTable(table, target).get(ROW_PREFIX + month)
    return _finding(row, share, dollars, month)


def _finding(row: Mapping[str, Any], share: float, dollars: float, month: str) -> Finding:
    """A step is what the budget is for, so only a closed API counts as not well. An alarm that is on closes it."""
    alarm = str(row.get(ALARM, {}).get("S", ""))
    spent, acted = (int(row.get(name, {"N": "0"})["N"]) for name in (SPENT, STEP))
    step = CLOSED if alarm else step_of(spent, share, dollars)
    name = STEPS[step]
    why = f", because the alarm {alarm} is on" if alarm else ""
    meaning = f": {MEANING[name]}" if MEANING[name] else ""
    state = (
        f"{name}{why}{meaning}; {_dollars(spent / NANODOLLARS)} of {_dollars(usable(share, dollars))} usable by now, "
        f"{share:.0%} into {month}, of {_dollars(dollars)} a month"
        + (f"; the router last acted upon: {STEPS[acted]}" if acted != step else "")
    )
    fix = "" if step == OPEN else WHEN_OVER if alarm else NEXT
    return Finding("budget", state, None if OPEN < step < CLOSED else step == OPEN, fix)


def _dollars(number: float) -> str:
    """Return the number with cents, or, if the budget may be smaller than a dollar, with four more digits."""
    return f"${number:,.2f}" if number >= 1 else f"${number:,.6f}"
