"""What a deploy would do, whole, as data: nothing here reads, asks or acts.

Plan
├── stacks     one StackPlan each: what CloudFormation would add, change, replace, remove, property by property
├── code       the router's hash before and after
├── site       files new, changed, unchanged, to delete, and the paths that CloudFront would forget
└── cost       what the whole would cost a month
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from deployment.plan.cost import Cost
from deployment.stack.changes import ResourceChange, losses

Action = Literal["create", "update", "recreate", "keep"]


@dataclass(frozen=True)
class StackPlan:
    """`change_set` is the ARN of the change set that will be executed; "" when there is none yet.

    stamp: what the stack looked like when the plan was made; another stamp means that somebody changed it since.
    """

    name: str
    action: Action
    changes: tuple[ResourceChange, ...] = ()
    change_set: str = ""
    stamp: str = ""

    @property
    def empty(self) -> bool:
        return self.action == "keep"


@dataclass(frozen=True)
class CodePlan:
    """SHA-256 of the zip, in hexadecimal; `before` is "" when none is deployed."""

    before: str
    after: str

    @property
    def empty(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True)
class SitePlan:
    """Keys, and paths as CloudFront takes them. kept: obsolete assets in their time of grace."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    invalidate: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.new or self.changed or self.delete or self.invalidate)


@dataclass(frozen=True)
class Plan:
    """`stacks` in the order in which they are brought up to date; the last is the one with the site."""

    name: str
    region: str
    stacks: tuple[StackPlan, ...]
    code: CodePlan
    site: SitePlan
    cost: Cost

    @property
    def empty(self) -> bool:
        return self.code.empty and self.site.empty and all(stack.empty for stack in self.stacks)

    @property
    def main(self) -> StackPlan:
        return self.stacks[-1]

    @property
    def losses(self) -> tuple[str, ...]:
        return losses(self.main.changes)


def as_json(plan: Plan) -> Mapping[str, Any]:
    """The plan for machines: its fields, and what follows from them."""
    return {"changes": not plan.empty, "losses": list(plan.losses), **asdict(plan)}
