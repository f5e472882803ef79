"""What is measured, in the order in which it is done to one stack.

Each operation changes the contestant's folder or the cloud, runs a command, and checks what has come of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.deploys.process import Done, run, run_all, run_killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.deploys.contestants import Contestant

OTHER_DAYS, DRIFTED_DAYS, IMPOSSIBLE_DAYS = 14, 7, 31


@dataclass(frozen=True)
class Result:
    """done: the command. note: what has come of it, for the table below the measurements."""

    done: Done
    note: str


def script(one: Contestant) -> Done:
    """Run what a user runs to deploy: the tool, then whatever publishes the site."""
    done = run_all(one.deploy(), one.folder, one.cloud.environment)
    return done if done.code else done.and_then(site(one))


def site(one: Contestant) -> Done:
    return run_all(one.site(), one.folder, one.cloud.environment)


def create(one: Contestant) -> Result:
    done = script(one)
    return Result(done, one.cloud.status(one.stack))


def no_op(one: Contestant) -> Result:
    before = _updates(one)
    done = script(one)
    return Result(done, "no update" if _updates(one) == before else "an update of the stack")


def code_only(one: Contestant) -> Result:
    before = _code(one)
    one.change_code("another line")
    done = script(one)
    return Result(done, "new code" if _code(one) != before else "the old code")


def publish(one: Contestant) -> Result:
    done = site(one)
    return Result(done, "" if one.site() else "part of deploy")


def plan(one: Contestant) -> Result:
    one.set_retention(OTHER_DAYS)
    done = run(one.plan(), one.folder, one.cloud.environment)
    shown = _shows(done, OTHER_DAYS)
    left = one.cloud.change_sets(one.stack)
    note = ("the old and the new value" if shown else "the resource only") + (
        f", leaves {left} change set" * bool(left)
    )
    return Result(done, note)


def misspelled_property(one: Contestant) -> Result:
    one.misspell()
    return _refused(one)


def linted(one: Contestant) -> Result | None:
    command = one.lint()
    if not command:
        return None
    one.misspell()
    done = run(command, one.folder, one.cloud.environment)
    return Result(done, f"exit {done.code}: {_where(one, done)}")


def impossible_value(one: Contestant) -> Result:
    one.set_retention(IMPOSSIBLE_DAYS)
    return _refused(one)


def show_drift(one: Contestant) -> Result | None:
    one.cloud.drift(one.stack, DRIFTED_DAYS)
    command = one.show_drift()
    if not command:
        return None
    done = run(command, one.folder, one.cloud.environment)
    return Result(done, "shown" if _shows(done, DRIFTED_DAYS) else "not shown")


def deploy_over_drift(one: Contestant) -> Result:
    """Deploy without an option: does that notice or revert the drift?"""
    done = script(one)
    return Result(done, f"{one.cloud.retention(one.stack)} days")


def revert_drift(one: Contestant) -> Result | None:
    command = one.revert_drift()
    if not command:
        return None
    done = run(command, one.folder, one.cloud.environment)
    return Result(done, f"{one.cloud.retention(one.stack)} days")


def killed(one: Contestant) -> list[Result]:
    """Kill the deploy once three resources are complete, then run it again until it succeeds, five times at most."""
    cut = run_killed(one.deploy()[0], one.folder, one.cloud.environment, lambda: _is_created(one))
    assert cut.code < 0, f"{one.name} was not killed: {cut.output[-2000:]}"
    results = [Result(cut, one.cloud.status(one.stack))]
    while len(results) <= 5 and (len(results) == 1 or results[-1].done.code):
        done = script(one)
        results.append(Result(done, one.cloud.status(one.stack)))
    return results


OPERATIONS: dict[str, Callable[[Contestant], Result | None]] = {
    "create": create,
    "no-op": no_op,
    "code only": code_only,
    "of these, the site": publish,
    "plan": plan,
    "show drift": show_drift,
    "deploy over drift": deploy_over_drift,
    "revert drift": revert_drift,
    "misspelled property": misspelled_property,
    "the same, linted": linted,
    "impossible value": impossible_value,
}
"""In this order, as the emulator may take a bad template."""


def _shows(done: Done, days: int) -> bool:
    """Return True if the output has the property with its old and its new value."""
    return bool(re.search(rf"RetentionInDays.{{0,80}}?\b30\b.{{0,80}}?\b{days}\b", done.output, re.DOTALL))


def _refused(one: Contestant) -> Result:
    before = (_updates(one), one.cloud.retention(one.stack))
    done = script(one)
    after = (_updates(one), one.cloud.retention(one.stack))
    changed = "nothing changed" if after == before else f"the log is kept {after[1] or 'for ever'}"
    return Result(done, f"exit {done.code}, {changed}: {_where(one, done)}")


def _where(one: Contestant, done: Done) -> str:
    """Return the first line of the output that names the property."""
    lines = (line.strip() for line in done.output.splitlines() if done.code and "retention" in line.lower())
    return next(lines, "no message").replace(f"{one.folder}/", "")[:120]


def _is_created(one: Contestant) -> bool:
    return one.cloud.status(one.stack) == "CREATE_IN_PROGRESS" and len(one.cloud.resources(one.stack)) >= 3


def _updates(one: Contestant) -> str:
    return one.cloud.last_change(one.stack)


def _code(one: Contestant) -> str:
    return one.cloud.code(one.stack)
