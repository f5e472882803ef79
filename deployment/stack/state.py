"""The state of a stack, and the operation that an update has to start with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from errors import StackError

DEAD = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
"""Statuses after a failed creation or deletion: the stack cannot be updated and must be deleted first."""

SUCCEEDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
"""Statuses after success. Only in these is the deployed template certain to match the resources."""

Start = Literal["CREATE", "UPDATE", "RECREATE"]
Remedy = Literal["", "CONTINUE_ROLLBACK", "ROLL_BACK"]


@dataclass(frozen=True)
class StackState:
    """The state of a stack. status: "" if there is none. stack_id: unlike the name, never used for another stack."""

    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    stack_id: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Return True unless the stack has never had resources (only a change set) or has been deleted."""
        return self.status not in ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    @property
    def busy(self) -> bool:
        """Return True while CloudFormation executes an operation on the stack."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def stamp(self) -> str:
        """Return an identifier of this state, which differs after any operation on the stack."""
        return f"{self.stack_id} {self.status} {self.updated}" if self.exists else ""


def remedy(state: StackState) -> Remedy:
    """Return the rollback that has to be completed before the stack can be updated, "" for none."""
    if state.status == "UPDATE_ROLLBACK_FAILED":
        return "CONTINUE_ROLLBACK"
    # A failed update with the option "preserve successfully provisioned resources".
    return "ROLL_BACK" if state.status == "UPDATE_FAILED" else ""


def plan_start(name: str, state: StackState) -> Start:
    """Return CREATE, UPDATE, or RECREATE if the stack has to be deleted first.

    Raises StackError for a status that only the user can repair.
    """
    if state.status in DEAD or (state.status == "IMPORT_ROLLBACK_COMPLETE" and not state.outputs):
        # The adoption of retained data has failed: the stack has no resources.
        return "RECREATE"
    if state.status == "IMPORT_ROLLBACK_FAILED":
        raise StackError(
            f"stack {name}",
            "an import of resources and its rollback failed (IMPORT_ROLLBACK_FAILED)",
            "fix the problem named in its events and repeat the import (CloudFormation console, Stack actions, Import "
            "resources into stack); then deploy",
        )
    return "UPDATE" if state.exists else "CREATE"
