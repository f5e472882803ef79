"""Change sets: made, read, executed, thrown away. The seam to CloudFormation for everything that changes a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.stack.changes import PropertyChange, ResourceChange
from deployment.stack.origin_secret import as_request, shown
from errors import CloudError, StackError

OURS = "deploy-"
"""How the names of our change sets begin: those that are left over are ours to delete."""

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
GONE = ("ChangeSetNotFound", "ChangeSetNotFoundException")
STALE = (*GONE, "InvalidChangeSetStatus", "InvalidChangeSetStatusException")
"""What CloudFormation answers when a change set can no longer be executed: the stack has changed since."""

LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""The value of what another resource gives. Source: DescribeChangeSet, AWS CloudFormation API Reference."""

SEVERITY = ("", "Never", "Conditionally", "Always")


@dataclass(frozen=True)
class Change:
    """A template with what goes with it. Give `template_url` for one that is too large for a request."""

    template: str
    parameters: Mapping[str, str]
    template_url: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """One that is ready to be executed, by its ARN."""

    arn: str
    stack_id: str
    changes: tuple[ResourceChange, ...]


class ChangeSets:
    """The change sets of the stack `name`. Every method raises CloudError for what CloudFormation refuses."""

    def __init__(self, name: str, cloudformation: Any, pause: Callable[[], None]) -> None:
        self._name = name
        self._where = f"stack {name}"
        self._cloudformation = cloudformation
        self._pause = pause

    def make(self, change: Change, kind: str) -> ChangeSet | None:
        """One that is ready, or None when there is nothing to change. Raises StackError when it cannot be made."""
        body = {"TemplateURL": change.template_url} if change.template_url else {"TemplateBody": change.template}
        with translated(self._where):
            made = self._cloudformation.create_change_set(
                StackName=self._name,
                ChangeSetName=f"{OURS}{datetime.now(UTC):%Y%m%dT%H%M%S%f}",
                ChangeSetType=kind,
                Capabilities=["CAPABILITY_IAM"],
                Parameters=as_request(change.parameters),
                **body,
            )
        described = self._ready(made["StackId"], made["Id"])
        if described["Status"] == "CREATE_COMPLETE":
            return ChangeSet(made["Id"], made["StackId"], parse_changes(described.get("Changes", ())))
        reason = described.get("StatusReason", described["Status"])
        self.delete(made["Id"])
        if any(text in reason for text in NO_CHANGES):
            return None
        raise StackError(self._where, f"its change set failed: {reason}", "mend what that names, then deploy again")

    def execute(self, change_set: ChangeSet | str) -> None:
        arn = change_set if isinstance(change_set, str) else change_set.arn
        with translated(self._where):
            self._cloudformation.execute_change_set(StackName=self._name, ChangeSetName=arn)

    def delete(self, arn: str) -> None:
        """Deletes it, if it is still there."""
        with translated(self._where):
            try:
                self._cloudformation.delete_change_set(StackName=self._name, ChangeSetName=arn)
            except ClientError as exc:
                if error_code(exc) not in GONE:
                    raise

    def delete_leftovers(self) -> int:
        """Deletes ours that a deploy left behind, and tells how many they were."""
        with translated(self._where):
            pages = self._cloudformation.get_paginator("list_change_sets").paginate(StackName=self._name)
            left = [item for page in pages for item in page.get("Summaries", ())]
        # One that was executed stays listed until the next is: it is a record, not a leftover.
        ours = [
            item["ChangeSetId"]
            for item in left
            if item["ChangeSetName"].startswith(OURS) and item.get("ExecutionStatus") in ("AVAILABLE", "UNAVAILABLE")
        ]
        for arn in ours:
            self.delete(arn)
        return len(ours)

    def _ready(self, stack_id: str, arn: str) -> Mapping[str, Any]:
        which = {"StackName": stack_id, "ChangeSetName": arn, "IncludePropertyValues": True}
        with translated(self._where):
            while (described := self._cloudformation.describe_change_set(**which))["Status"] in (
                "CREATE_PENDING",
                "CREATE_IN_PROGRESS",
            ):
                self._pause()
            changes = list(described.get("Changes", ()))
            token = described.get("NextToken")
            while token:
                page = self._cloudformation.describe_change_set(**which, NextToken=token)
                changes += page.get("Changes", ())
                token = page.get("NextToken")
        return {**described, "Changes": changes}


def is_stale(error: CloudError) -> bool:
    """Whether it was refused because the stack has changed since the change set was made."""
    return isinstance(error.__cause__, ClientError) and error_code(error.__cause__) in STALE


def parse_changes(raw: Iterable[Mapping[str, Any]]) -> tuple[ResourceChange, ...]:
    """Changes as DescribeChangeSet gives them."""
    found = (item["ResourceChange"] for item in raw if item.get("ResourceChange"))
    return tuple(
        ResourceChange(
            logical_id=change["LogicalResourceId"],
            kind=change.get("ResourceType", ""),
            action=change["Action"],
            replacement=change.get("Replacement", ""),
            properties=_properties(change.get("Details", ())),
            policy=change.get("PolicyAction", ""),
        )
        for change in sorted(found, key=lambda change: change["LogicalResourceId"])
    )


def _properties(details: Iterable[Mapping[str, Any]]) -> tuple[PropertyChange, ...]:
    """One a path: CloudFormation tells of a property once for each thing that makes it change."""
    merged: dict[str, PropertyChange] = {}
    for detail in details:
        target = detail.get("Target", {})
        path = _path(target)
        values = target.get("BeforeValue"), target.get("AfterValue")
        before, after = (None, None) if LATER in str(values[1]) else (shown(path, value) for value in values)
        one = PropertyChange(path, before, after, target.get("RequiresRecreation", ""))
        known = merged.get(path, one)
        merged[path] = PropertyChange(
            path,
            known.before if known.before is not None else one.before,
            known.after if known.after is not None else one.after,
            max(known.recreates, one.recreates, key=_severity),
        )
    return tuple(merged[path] for path in sorted(merged))


def _severity(recreates: str) -> int:
    return SEVERITY.index(recreates) if recreates in SEVERITY else 0


def _path(target: Mapping[str, Any]) -> str:
    """`/Properties/Code/S3Key` as Code.S3Key; an attribute that is no property by its own name."""
    if path := target.get("Path"):
        return str(path).removeprefix("/Properties/").strip("/").replace("/", ".")
    return str(target.get("Name") or target.get("Attribute", ""))
