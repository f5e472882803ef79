"""The result of a check of one part of the stack, the account or this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MARKS = {True: "ok", False: "!!", None: "??"}
"""Marks of a passed, a failed and an inconclusive check."""


@dataclass(frozen=True)
class Finding:
    """The result of a check. well: None if it could not be determined. fix: the suggested fix, "" for none."""

    part: str
    state: str
    well: bool | None = True
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object, without `fix` if that is empty."""
        return {"part": self.part, "state": self.state, "well": self.well, **({"fix": self.fix} if self.fix else {})}
