"""Changes to the resources of a stack, from a change set or a comparison of templates. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from errors import UsageError

DATA_TYPES = {"AWS::DynamoDB::Table": "table", "AWS::S3::Bucket": "bucket"}
"""Types of the resources that hold user data -> their name in messages."""


@dataclass(frozen=True)
class PropertyChange:
    """A change of a property. path: below Properties, or the name of another attribute of the resource.

    before, after: as text, None for absent; both None if known only after the deploy (a value of another resource).
    recreates: CloudFormation's RequiresRecreation: Never, Conditionally, Always, or "" for unknown.
    """

    path: str
    before: str | None
    after: str | None
    recreates: str = ""


@dataclass(frozen=True)
class ResourceChange:
    """A change of a resource, with CloudFormation's values. action: Add, Modify, Remove, Import or Dynamic.
    replacement: True, False, Conditional, or "" without a change set. policy: the deletion or replacement policy that
    applies, such as Delete, Retain or Snapshot.
    """

    logical_id: str
    kind: str
    action: str
    replacement: str = ""
    properties: tuple[PropertyChange, ...] = ()
    policy: str = ""

    @property
    def replaces(self) -> bool:
        """Return True if the resource is replaced. For a resource with data, a possible replacement counts too."""
        return self.replacement == "True" or (self.may_replace and self.kind in DATA_TYPES)

    @property
    def may_replace(self) -> bool:
        """Return True if CloudFormation decides only while it executes whether to replace the resource."""
        return self.replacement == "Conditional"

    @property
    def follows(self) -> bool:
        """Return True if it only refers to a changed resource. CloudFormation evaluates it again, mostly unchanged."""
        known = any(one.before is not None or one.after is not None for one in self.properties)
        return self.action == "Modify" and bool(self.properties) and not known and not self.replaces

    @property
    def loses(self) -> str:
        """Return a description of the data loss, "" if there is none.

        A replaced table is a loss even if the old one is retained, because the new one is empty.
        """
        what = DATA_TYPES.get(self.kind)
        if what is None or not (self.action == "Remove" or self.replaces):
            return ""
        how = "removed" if self.action == "Remove" else "replaced by an empty one"
        kept = "the old one is retained in the account" if "Retain" in self.policy else "its content is DELETED"
        return f"the {what} {self.logical_id} {'may be ' if self.may_replace else ''}{how}; {kept}"


def losses(changes: Sequence[ResourceChange]) -> tuple[str, ...]:
    """Return what the changes would lose, a text for each table or bucket."""
    return tuple(change.loses for change in changes if change.loses)


def require_no_losses(lost: tuple[str, ...], *, allowed: bool, verb: str = "deploy") -> None:
    """Raise UsageError if the plan of this verb loses data (`Plan.losses`), unless `allowed`."""
    if lost and not allowed:
        raise UsageError(
            verb,
            "\n  ".join([f"this {verb} would lose data, so nothing was changed:", *lost]),
            "export the count first (python3 build.py count export FILE), then add --allow-data-loss",
        )
