"""Who may say yes, and what counts as one."""

from __future__ import annotations

import io

import pytest

from deployment.agreement import agreement
from deployment.console import Console
from errors import UsageError
from tests.deployment.test_plan import plan
from tests.deployment.test_progress import Terminal


def console(typed: str) -> Console:
    source = Terminal()
    source.write(typed)
    source.seek(0)
    return Console(io.StringIO(), source, {})


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [("yes\n", True), ("Y\n", True), ("no\n", False), ("\n", False), ("", False), ("yeah\n", False)],
)
def test_what_is_a_yes(typed: str, agreed: bool) -> None:
    assert agreement(console(typed), yes=False).ask() is agreed


def test_yes_beforehand_asks_nobody_but_shows_the_plan() -> None:
    out = io.StringIO()
    agreed = agreement(Console(out, io.StringIO(), {}), yes=True)
    agreed.show(plan())
    assert agreed.ask()
    assert "plan for cv in eu-west-1:" in out.getvalue()


def test_nobody_to_ask_is_said_before_anything_is_done() -> None:
    with pytest.raises(UsageError, match="add --yes"):
        agreement(Console(io.StringIO(), io.StringIO(), {}), yes=False)
