"""Approval of a plan, and the accepted answers."""

from __future__ import annotations

import io

import pytest

from console import Console
from deployment.plan.approval import approval_on
from errors import UsageError
from tests.deployment.plan.test_plan import plan
from tests.deployment.stack.test_progress import Terminal


def console(typed: str) -> Console:
    source = Terminal()
    source.write(typed)
    source.seek(0)
    return Console(io.StringIO(), source, {})


@pytest.mark.parametrize(
    ("typed", "approved"),
    [("yes\n", True), ("Y\n", True), ("no\n", False), ("\n", False), ("", False), ("yeah\n", False)],
)
def test_accepted_answers(typed: str, approved: bool) -> None:
    assert approval_on(console(typed), yes=False).ask() is approved


def test_approval_in_advance_shows_the_plan_without_asking() -> None:
    out = io.StringIO()
    approved = approval_on(Console(out, io.StringIO(), {}), yes=True)
    approved.show(plan())
    assert approved.ask()
    assert "plan for cv in eu-west-1:" in out.getvalue()


def test_a_console_that_is_not_interactive_is_an_error_before_any_change() -> None:
    with pytest.raises(UsageError, match="add --yes"):
        approval_on(Console(io.StringIO(), io.StringIO(), {}), yes=False)
