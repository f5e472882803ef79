"""A check of the environment, and its result.

A check is a function with a docstring, whose first sentence says what it proves. It returns what it has seen, or raises
FailedError, NotAnswerableError, or a ProjectError, which counts as a failure.

    PLANS = Checks()

    @PLANS(minutes=1)
    def a_second_deploy_changes_nothing(environment): "GetTemplate returns …"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from deployment.verification.environment import Environment

Answer = Literal["passed", "failed", "not answerable here", "not run"]
Run = Callable[[Environment], str]


class FailedError(Exception):
    """The check failed. The message says what was found."""


class NotAnswerableError(Exception):
    """The endpoint cannot answer. The message says why."""


@dataclass(frozen=True)
class Check:
    """A check. minutes: its estimated duration on AWS. emulator: why an emulator cannot answer, "" if it can.

    vital: without it, there is nothing that the later checks could examine.
    """

    run: Run
    minutes: float
    emulator: str = ""
    vital: bool = False

    @property
    def name(self) -> str:
        return self.run.__name__.replace("_", " ")

    @property
    def proves(self) -> str:
        return " ".join((self.run.__doc__ or "").partition("\n\n")[0].split())


@dataclass(frozen=True)
class Result:
    """detail: what was seen, what went wrong, or why there is no answer."""

    check: Check
    answer: Answer
    detail: str
    seconds: float = 0.0


class Checks(list[Check]):
    """The checks of one theme, in the order of their declaration."""

    def __call__(self, *, minutes: float, emulator: str = "", vital: bool = False) -> Callable[[Run], Run]:
        def declare(run: Run) -> Run:
            self.append(Check(run, minutes, emulator, vital))
            return run

        return declare


def require(condition: object, what: str) -> None:
    """Raise FailedError unless the condition holds."""
    if not condition:
        raise FailedError(what)
