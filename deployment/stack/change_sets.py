"""Change sets: creating, describing, executing and deleting them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, error_message, translated
from deployment.stack.changes import PropertyChange, ResourceChange
from deployment.stack.early_validation import change_set_error
from deployment.stack.origin_secret import as_request, shown
from deployment.stack.title import title
from errors import CloudError, StackError, UsageError

OURS, DRY = "deploy-", "plan-"
"""Name prefixes of this project's change sets, by which leftovers are found: of deploys, and of plans, which are never
executed."""

PLAN_IN_PROGRESS = timedelta(hours=1)
"""A deploy leaves the change sets of plans that are younger, such as that of a pull request, which is being read."""

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
GONE = ("ChangeSetNotFound", "ChangeSetNotFoundException")
STALE = (*GONE, "InvalidChangeSetStatus", "InvalidChangeSetStatusException")
"""Error codes for a change set that can no longer be executed because the stack has changed since."""

LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""The placeholder for a value that is not known yet. Source: DescribeChangeSet, AWS CloudFormation API Reference."""

SEVERITY = ("", "Never", "Conditionally", "Always")


@dataclass(frozen=True)
class Mode:
    """How CloudFormation applies a change set.

    express: complete the operation once the configuration is applied, before the resources are ready; a failed one is
    still rolled back, which the mode would otherwise not do. revert_drift: also revert manual changes.
    Source: "Express mode" and "Drift-aware change sets", AWS CloudFormation User Guide, 2026.
    """

    express: bool = False
    revert_drift: bool = False

    def request(self, kind: str) -> dict[str, Any]:
        """Return the parameters of CreateChangeSet. Only an update (`kind`) can have drift."""
        return {
            **({"DeploymentConfig": {"Mode": "EXPRESS", "DisableRollback": False}} if self.express else {}),
            **({"DeploymentMode": REVERT_DRIFT} if self.revert_drift and kind == "UPDATE" else {}),
        }


REVERT_DRIFT = "REVERT_DRIFT"
STANDARD = Mode()


@dataclass(frozen=True)
class Change:
    """A template and its parameters. template_url: for a template that is too large for a request."""

    template: str
    parameters: Mapping[str, str]
    template_url: str = ""
    mode: Mode = STANDARD


@dataclass(frozen=True)
class ChangeSet:
    """A change set that is ready to be executed."""

    arn: str
    stack_id: str
    changes: tuple[ResourceChange, ...]


class ChangeSets:
    """The change sets of the stack `name`. Every method raises CloudError when a request fails.

    pause: waits between two requests for the status.
    """

    def __init__(self, name: str, cloudformation: Any, pause: Callable[[], None]) -> None:
        self._name = name
        self._where = title(name)
        self._cloudformation = cloudformation
        self._pause = pause

    def create(
        self, change: Change, kind: str, resources: Sequence[Mapping[str, Any]] = (), *, dry: bool = False
    ) -> ChangeSet | None:
        """Create a change set and wait until it is ready; return None if there are no changes.

        kind: CREATE, UPDATE or IMPORT. resources: to import. dry: for a plan, not to be executed.
        Raises StackError when its creation fails.
        """
        body = {"TemplateURL": change.template_url} if change.template_url else {"TemplateBody": change.template}
        with translated(self._where):
            made = self._request(
                change.mode,
                StackName=self._name,
                ChangeSetName=f"{DRY if dry else OURS}{datetime.now(UTC):%Y%m%dT%H%M%S%f}",
                ChangeSetType=kind,
                Capabilities=["CAPABILITY_IAM"],
                Parameters=as_request(change.parameters),
                **body,
                **({"ResourcesToImport": list(resources)} if resources else {}),
            )
        described = self._ready(made["StackId"], made["Id"])
        if change.mode.revert_drift and kind == "UPDATE" and described.get("DeploymentMode") != REVERT_DRIFT:
            self.delete(made["Id"])
            raise StackError(
                self._where,
                "this endpoint does not know drift-aware change sets, so drift cannot be reverted",
                "deploy without --revert-drift, and revert by hand what python3 build.py status --drift shows",
            )
        if described["Status"] == "CREATE_COMPLETE":
            return ChangeSet(made["Id"], made["StackId"], parse_changes(described.get("Changes", ())))
        reason = described.get("StatusReason", described["Status"])
        if any(text in reason for text in NO_CHANGES):
            self.delete(made["Id"])
            return None
        error = change_set_error(self._cloudformation, self._where, made["Id"], reason)
        self.delete(made["Id"])
        raise error

    def _request(self, mode: Mode, **request: Any) -> Mapping[str, str]:
        """Send CreateChangeSet; without express mode if the endpoint or the template does not allow it."""
        try:
            made: Mapping[str, str] = self._cloudformation.create_change_set(
                **request, **mode.request(request["ChangeSetType"])
            )
        except ClientError as exc:
            if not mode.express or not re.search("DeploymentConfig|express mode", error_message(exc), re.IGNORECASE):
                raise
            return self._request(replace(mode, express=False), **request)
        return made

    def execute(self, change_set: ChangeSet | str) -> None:
        """Start the execution of a change set, given by itself or by its ARN."""
        arn = change_set if isinstance(change_set, str) else change_set.arn
        with translated(self._where):
            self._cloudformation.execute_change_set(StackName=self._name, ChangeSetName=arn)

    def delete(self, arn: str) -> None:
        """Delete the change set if it still exists. Raises CloudError."""
        with translated(self._where):
            try:
                self._cloudformation.delete_change_set(StackName=self._name, ChangeSetName=arn)
            except ClientError as exc:
                if error_code(exc) not in GONE:
                    raise

    @contextmanager
    def deleted_if_refused(self, arn: str) -> Iterator[None]:
        """Delete the change set (an `arn` of "" is none) if the block raises UsageError or is interrupted."""
        try:
            yield
        except (UsageError, KeyboardInterrupt):
            if arn:
                self.delete(arn)
            raise

    def delete_leftovers(self) -> int:
        """Delete the change sets left by interrupted deploys and plans, and return their number."""
        with translated(self._where):
            pages = self._cloudformation.get_paginator("list_change_sets").paginate(StackName=self._name)
            left = [item for page in pages for item in page.get("Summaries", ())]
        # The last executed change set stays in the list as a record.
        ours = [
            item["ChangeSetId"]
            for item in left
            if _is_left(item) and item.get("ExecutionStatus") in ("AVAILABLE", "UNAVAILABLE")
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


def _is_left(item: Mapping[str, Any]) -> bool:
    name, created = item["ChangeSetName"], item.get("CreationTime")
    return name.startswith(OURS) or (
        name.startswith(DRY) and created is not None and datetime.now(UTC) - created > PLAN_IN_PROGRESS
    )


def is_stale(error: CloudError) -> bool:
    """Return True if a change set was not executed because the stack has changed since its creation."""
    return isinstance(error.__cause__, ClientError) and error_code(error.__cause__) in STALE


def parse_changes(raw: Iterable[Mapping[str, Any]]) -> tuple[ResourceChange, ...]:
    """Return the resource changes in a response of DescribeChangeSet, sorted by logical ID."""
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
    """Return one change per path. CloudFormation lists a property once for each cause of its change."""
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
    """Return `/Properties/Code/S3Key` as Code.S3Key, and the name of an attribute that is not a property."""
    if path := target.get("Path"):
        return str(path).removeprefix("/Properties/").strip("/").replace("/", ".")
    return str(target.get("Name") or target.get("Attribute", ""))
