"""What a change set, or a comparison of templates, says of a stack's resources. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DATA_TYPES = {"AWS::DynamoDB::Table": "table", "AWS::S3::Bucket": "bucket"}
"""Resource type -> what to call it. What holds what nobody can make again."""


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


def losses(changes: Sequence[ResourceChange]) -> tuple[str, ...]:
    return tuple(change.loses for change in changes if change.loses)
