"""A stack as it is, and how to begin from there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from errors import StackError

DEAD = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
"""A first creation that failed, or a half-done deletion: nothing can be updated, the stack has to go first."""

SUCCEEDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
"""Where a change set leads when all goes well. Only here is the deployed template surely what is there."""

Start = Literal["CREATE", "UPDATE", "RECREATE"]
Remedy = Literal["", "CONTINUE_ROLLBACK", "ROLL_BACK"]


@dataclass(frozen=True)
class StackState:
    """A stack as it is. `status` is "" when there is none. Its name may pass to another stack, its `stack_id` never."""

    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    stack_id: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether it has, or had, resources: a stack under review is only a name with a change set."""
        return self.status not in ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def stamp(self) -> str:
        """Another one means that the stack has changed meanwhile."""
        return f"{self.stack_id} {self.status} {self.updated}" if self.exists else ""


def remedy(state: StackState) -> Remedy:
    """What has to be done before the stack can be changed at all; "" for nothing."""
    if state.status == "UPDATE_ROLLBACK_FAILED":
        return "CONTINUE_ROLLBACK"
    # Somebody updated it with "preserve successfully provisioned resources", and that failed.
    return "ROLL_BACK" if state.status == "UPDATE_FAILED" else ""


def plan_start(name: str, state: StackState) -> Start:
    """How to begin from `state`: CREATE, UPDATE, or RECREATE when the remains have to be deleted first.

    Raises StackError for a state that only its owner can resolve.
    """
    if state.status in DEAD:
        return "RECREATE"
    if state.status == "IMPORT_ROLLBACK_FAILED":
        raise StackError(
            f"stack {name}",
            "an import of resources into it failed, and so did the way back (IMPORT_ROLLBACK_FAILED)",
            "mend what its events name and repeat the import (CloudFormation console, Stack actions, Import "
            "resources into stack); then deploy",
        )
    return "UPDATE" if state.exists else "CREATE"
