"""The results of a verification: a line each while it runs, and a page to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deployment.verification.check import Result
from deployment.verification.inventory import Difference

WIDTH = 19
"""Of the longest answer, "not answerable here"."""


@dataclass(frozen=True)
class Report:
    """results: of every check. left: the difference between the account before and after, None if unknown.

    unlisted: kinds of resources that could not be compared. trouble: why the environment could not be destroyed, "" if
    it was. log: the progress of every operation.
    """

    stack: str
    where: str
    began: datetime
    seconds: float
    results: Sequence[Result]
    left: Difference | None
    unlisted: Sequence[str]
    trouble: str
    log: Sequence[str]

    @property
    def good(self) -> bool:
        """Return True if every check has passed or cannot be answered here, and nothing is left."""
        answers = {result.answer for result in self.results}
        return not answers & {"failed", "not run"} and not self.trouble and self.left is not None and self.left.empty

    def summary(self) -> list[str]:
        """Return the lines below the table."""
        answers = [result.answer for result in self.results]
        counted = ", ".join(f"{answers.count(one)} {one}" for one in dict.fromkeys(answers))
        lines = [f"{len(self.results)} checks in {self.seconds:.0f} s: {counted}"]
        if self.trouble:
            lines.append(f"NOT DESTROYED: {self.trouble}")
        if self.left is None:
            return lines
        if self.left.empty:
            lines.append("account: as before; nothing of the environment is left")
        lines += [f"LEFT OVER: {item}" for item in self.left.appeared]
        lines += [f"MISSING, it existed before: {item}" for item in self.left.disappeared]
        if self.unlisted:
            lines.append(f"not compared, as it cannot be listed: {', '.join(self.unlisted)}")
        return lines

    def page(self) -> str:
        """Return the report in Markdown."""
        rows = [
            f"| {one.check.name} | {one.answer} | {_cell(one.detail)} | {one.seconds:.1f} |" for one in self.results
        ]
        return "\n".join(
            [
                f"# Verification of {self.where}",
                "",
                f"Stack {self.stack}, {self.began:%Y-%m-%d %H:%M} UTC.",
                "",
                "| check | result | | seconds |",
                "| --- | --- | --- | ---: |",
                *rows,
                "",
                *(f"- {line}" for line in self.summary()),
                "",
                "## What each check proves",
                "",
                *(f"- **{one.check.name}**: {one.check.proves}" for one in self.results),
                "",
                "## Log",
                "",
                "```",
                *self.log,
                "```",
                "",
            ]
        )


def line(result: Result) -> str:
    """Return the line of a result."""
    detail = result.detail.splitlines()[0] if result.detail else ""
    return f"{result.answer:<{WIDTH}} {result.seconds:>6.1f} s  {result.check.name}: {detail}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
