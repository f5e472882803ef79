"""Every check, in the order in which they run. `python -m deployment.verification.catalog` writes the table of them
into docs/real-account.md.
"""

from __future__ import annotations

import re
from pathlib import Path

from deployment.verification.check import Check
from deployment.verification.plans import PLANS
from deployment.verification.releases import RELEASES
from deployment.verification.resources import RESOURCES
from deployment.verification.visits import VISITS
from errors import UsageError

CHECKS: tuple[Check, ...] = (*PLANS, *VISITS, *RELEASES, *RESOURCES)


def select(text: str) -> tuple[Check, ...]:
    """Return the checks whose name contains `text`, and those without which they cannot run; all of them for "".

    Raises UsageError if there are none.
    """
    chosen = tuple(check for check in CHECKS if check.vital or text.lower() in check.name)
    if not any(text.lower() in check.name for check in CHECKS):
        raise UsageError(
            f"--only {text}", "no check has such a name", f"give a part of one: {', '.join(one.name for one in CHECKS)}"
        )
    return chosen


PAGE = Path(__file__).resolve().parents[2] / "docs" / "real-account.md"
TABLE = re.compile(r"(?<=<!-- checks -->\n).*(?=<!-- end of checks -->)", re.DOTALL)


def table() -> str:
    """Return the table of the checks in Markdown."""
    rows = [f"| {one.name} | {one.proves} | {f'no: {one.emulator}' if one.emulator else 'yes'} |\n" for one in CHECKS]
    return "".join(["| check | what it proves | an emulator answers |\n", "| --- | --- | --- |\n", *rows])


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
