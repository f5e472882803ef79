"""What was found of one part: of the stack, of the account, of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MARKS = {True: "ok", False: "!!", None: "??"}
"""How a finding that is well, unwell or unknown is marked."""


@dataclass(frozen=True)
class Finding:
    """well: None when it could not be found out. fix: what to do, where it is not well."""

    part: str
    state: str
    well: bool | None = True
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"part": self.part, "state": self.state, "well": self.well, **({"fix": self.fix} if self.fix else {})}
