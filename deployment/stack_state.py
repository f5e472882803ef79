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
"""Where a change set leads when all goes well."""

Start = Literal["CREATE", "UPDATE", "RECREATE"]


@dataclass(frozen=True)
class StackState:
    """A stack as it is. `status` is "" when there is none. Its name may pass to another stack, its `stack_id` never."""

    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    stack_id: str = ""

    @property
    def exists(self) -> bool:
        """Whether it has, or had, resources: a stack under review is only a name with a change set."""
        return self.status not in ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def plan_start(name: str, state: StackState) -> Start:
    """How to begin from `state`: CREATE, UPDATE, or RECREATE when the remains have to be deleted first.

    Raises StackError for a state that only its owner can resolve.
    """
    if state.status in DEAD:
        return "RECREATE"
    if state.status == "UPDATE_ROLLBACK_FAILED":
        raise StackError(
            f"stack {name}",
            "its last update failed, and so did the way back (UPDATE_ROLLBACK_FAILED)",
            f"mend what the stack's events name, then: aws cloudformation continue-update-rollback --stack-name {name}",
        )
    return "UPDATE" if state.exists else "CREATE"
