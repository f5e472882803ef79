"""What a deploy would do, whole, as data: nothing here reads, asks or acts.

Plan
├── stacks     one StackPlan each: what CloudFormation would add, change, replace, remove, property by property
├── code       the router's hash before and after
├── site       files new, changed, unchanged, to delete, and the paths that CloudFront would forget
└── cost       what the whole would cost a month
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from deployment.cost import Cost

DATA_TYPES = {"AWS::DynamoDB::Table": "table", "AWS::S3::Bucket": "bucket"}
"""Resource type -> what to call it. What holds what nobody can make again."""

Action = Literal["create", "update", "recreate", "keep"]


@dataclass(frozen=True)
class PropertyChange:
    """`path` is below Properties, or names another attribute of the resource.

    before, after: as text, None for "not there"; both None when only deploying tells (a value of another resource).
    recreates: what CloudFormation says of it: Never, Conditionally, Always, or "" for unknown.
    """

    path: str
    before: str | None
    after: str | None
    recreates: str = ""


@dataclass(frozen=True)
class ResourceChange:
    """`action` and `replacement` are CloudFormation's words: Add, Modify, Remove, Import, Dynamic; True, False,
    Conditional, or "" when it was not asked. `policy` says what becomes of what goes: Delete, Retain, Snapshot, ….
    """

    logical_id: str
    kind: str
    action: str
    replacement: str = ""
    properties: tuple[PropertyChange, ...] = ()
    policy: str = ""

    @property
    def replaces(self) -> bool:
        """Whether a new one takes its place. What may be is taken for sure where there is data to lose."""
        return self.replacement == "True" or (self.may_replace and self.kind in DATA_TYPES)

    @property
    def may_replace(self) -> bool:
        return self.replacement == "Conditional"

    @property
    def follows(self) -> bool:
        """Whether it only refers to something that changes: CloudFormation looks at it again, and mostly leaves it."""
        known = any(one.before is not None or one.after is not None for one in self.properties)
        return self.action == "Modify" and bool(self.properties) and not known and not self.replaces

    @property
    def loses(self) -> str:
        """What becomes of data, in words; "" when none is concerned.

        A replaced table is empty even where the old one is kept in the account, so a kept one is a loss too.
        """
        what = DATA_TYPES.get(self.kind)
        if what is None or not (self.action == "Remove" or self.replaces):
            return ""
        how = "removed" if self.action == "Remove" else "replaced by an empty one"
        kept = "the old one stays in the account" if "Retain" in self.policy else "its content is DELETED"
        return f"the {what} {self.logical_id} {'may be ' if self.may_replace else ''}{how}; {kept}"


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


def losses(changes: Sequence[ResourceChange]) -> tuple[str, ...]:
    return tuple(change.loses for change in changes if change.loses)


def as_json(plan: Plan) -> Mapping[str, Any]:
    """The plan for machines: its fields, and what follows from them."""
    return {"changes": not plan.empty, "losses": list(plan.losses), **asdict(plan)}
