"""The plan of a deploy, as data.

Plan
├── stacks     a StackPlan each: the resources to add, modify, replace and remove, property by property
├── code       the hash of the router's zip before and after
├── site       the new, changed, unchanged and obsolete files, and the CloudFront paths to invalidate
├── cost       the estimated cost per month
├── ceiling    the highest cost of counter and socket per month
└── unverified   whether the smoke test of what is deployed is still missing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from deployment.plan.ceiling import Ceiling
from deployment.plan.cost import Cost
from deployment.stack.changes import ResourceChange, losses
from deployment.stack.kept_data import Data

Action = Literal["create", "update", "recreate", "keep"]


@dataclass(frozen=True)
class StackPlan:
    """The plan for one stack. change_set: the ARN of the change set to execute, "" if there is none yet.

    stamp: identifies the state of the stack when the plan was made; it differs after any change to the stack.
    adopts: the data of an earlier stack that a new stack takes over.
    """

    name: str
    action: Action
    changes: tuple[ResourceChange, ...] = ()
    change_set: str = ""
    stamp: str = ""
    adopts: tuple[Data, ...] = ()

    @property
    def empty(self) -> bool:
        """Return True if the stack stays as it is."""
        return self.action == "keep"

    @property
    def exists(self) -> bool:
        """Return True if the stack exists and is not created again."""
        return self.action in ("keep", "update")


@dataclass(frozen=True)
class CodePlan:
    """SHA-256 of the zip in hexadecimal. before: "" if no code is deployed."""

    before: str
    after: str

    @property
    def empty(self) -> bool:
        """Return True if the code is unchanged."""
        return self.before == self.after


@dataclass(frozen=True)
class SitePlan:
    """Object keys, and invalidation paths. kept: obsolete assets within their grace period."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    invalidate: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Return True if no file of the site is uploaded, deleted or invalidated."""
        return not (self.new or self.changed or self.delete or self.invalidate)


@dataclass(frozen=True)
class Plan:
    """The whole plan. stacks: in the order of deployment; the last is the main stack.

    notes: hints for the user. cost, ceiling: None for a rollback, which has no estimate.
    unverified: what is deployed now has not passed the smoke test.
    """

    name: str
    region: str
    stacks: tuple[StackPlan, ...]
    code: CodePlan
    site: SitePlan
    cost: Cost | None
    unverified: bool = False
    notes: tuple[str, ...] = ()
    ceiling: Ceiling | None = None

    @property
    def empty(self) -> bool:
        """Return True if a deploy would change nothing."""
        return self.code.empty and self.site.empty and all(stack.empty for stack in self.stacks)

    @property
    def up_to_date(self) -> bool:
        """Return True if a deploy has nothing to change and nothing to test."""
        return self.empty and not self.unverified

    @property
    def main(self) -> StackPlan:
        """Return the plan of the stack of the site, the last one to be deployed."""
        return self.stacks[-1]

    @property
    def losses(self) -> tuple[str, ...]:
        """Return what the deploy would lose: tables and buckets that it replaces or deletes."""
        return losses(self.main.changes)


def as_json(plan: Plan) -> Mapping[str, Any]:
    """Return the plan as JSON, with `changes` and `losses` derived from its fields."""
    return {"changes": not plan.empty, "losses": list(plan.losses), **asdict(plan)}
