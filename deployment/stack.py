"""One stack: from whatever state it is in to what a template says, by a change set.

`apply` reads the stack, chooses how to begin (`plan_start`, pure), makes a change set, executes it and follows the
events to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws_errors import error_message, translated
from deployment.target import Target
from errors import CloudError, StackError

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
"""A first creation that failed, or a half-done deletion: nothing can be updated, the stack has to go first."""

TEMPLATE_BODY_LIMIT = 51_200
"""Bytes that CloudFormation takes in a request; a larger template comes from S3.
Source: CloudFormation quotas, AWS CloudFormation User Guide."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class StackState:
    """A stack as it is. `status` is "" when there is none."""

    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    updated: datetime | None = None

    @property
    def exists(self) -> bool:
        return self.status not in ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class Change:
    """A template with what goes with it. Give `template_url` for one that is too large for a request."""

    template: str
    parameters: Mapping[str, str]
    template_url: str = ""


@dataclass(frozen=True)
class Applied:
    outputs: Mapping[str, str]
    changed: bool


def plan_start(name: str, state: StackState) -> str:
    """How to begin from `state`: CREATE, UPDATE, or RECREATE when the remains have to be deleted first.

    Raises StackError for a state that only its owner can resolve.
    """
    if state.status in DEAD:
        return "RECREATE"
    if state.status == "UPDATE_ROLLBACK_FAILED":
        raise StackError(
            name,
            "its last update failed, and so did the way back (UPDATE_ROLLBACK_FAILED)",
            f"mend what the stack's events name, then: aws cloudformation continue-update-rollback --stack-name {name}",
        )
    return "UPDATE" if state.exists else "CREATE"


class Stack:
    """The stack `name` at `target`. `say` gets a line per resource that reaches a state worth telling."""

    def __init__(self, name: str, target: Target, say: Say, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._cloudformation = target.client("cloudformation")
        self._say = say
        self._sleep = sleep
        # The emulator is done in a second; on AWS the distribution alone takes minutes.
        self._poll_seconds = 0.1 if target.endpoint_url else 2.0

    def read(self) -> StackState:
        try:
            with translated(f"stack {self.name}"):
                stack = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except CloudError as exc:
            if isinstance(exc.__cause__, ClientError) and "does not exist" in error_message(exc.__cause__):
                return StackState("")
            raise
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        return StackState(stack["StackStatus"], outputs, stack.get("LastUpdatedTime") or stack["CreationTime"])

    def apply(self, change: Change) -> Applied:
        """Makes the stack what `change` says.

        Raises StackError with the first resource that failed, or CloudError when a request is refused.
        """
        state = self._settled()
        start = plan_start(self.name, state)
        if start == "RECREATE":
            self._say(f"  {self.name}: removing what a failed creation left ({state.status})")
            self.delete()
        with translated(f"stack {self.name}"):
            change_set = self._make_change_set(change, "UPDATE" if start == "UPDATE" else "CREATE")
            if change_set is None:
                return Applied(state.outputs, changed=False)
            began = datetime.now(UTC)
            self._cloudformation.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        final = self._follow(began)
        if final.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise self._failure(final, began)
        return Applied(final.outputs, changed=True)

    def delete(self) -> None:
        """Deletes the stack and waits for it. Raises StackError with the resource that would not go."""
        began = datetime.now(UTC)
        with translated(f"stack {self.name}"):
            stack_id = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
            self._cloudformation.delete_stack(StackName=self.name)
        final = self._follow(began, stack_id)
        if final.status == "DELETE_FAILED":
            raise self._failure(final, began)

    def _settled(self) -> StackState:
        """The state once nothing is under way any more: another deploy is waited for, not run into."""
        state = self.read()
        if state.busy:
            self._say(f"  {self.name}: waiting, since a change is already under way ({state.status})")
            state = self._follow(datetime.now(UTC))
        return state

    def _make_change_set(self, change: Change, kind: str) -> str | None:
        """The name of a change set that is ready, or None when there is nothing to change."""
        name = f"deploy-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        body = {"TemplateURL": change.template_url} if change.template_url else {"TemplateBody": change.template}
        self._cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=name,
            ChangeSetType=kind,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in change.parameters.items()],
            **body,
        )
        while True:
            change_set = self._cloudformation.describe_change_set(StackName=self.name, ChangeSetName=name)
            if change_set["Status"] == "CREATE_COMPLETE":
                return name
            if change_set["Status"] == "FAILED":
                reason = change_set.get("StatusReason", "no reason given")
                self._cloudformation.delete_change_set(StackName=self.name, ChangeSetName=name)
                if any(text in reason for text in NO_CHANGES):
                    return None
                raise StackError(f"stack {self.name}", f"its change set failed: {reason}", "mend what it names")
            self._sleep(self._poll_seconds)

    def _follow(self, began: datetime, stack_id: str = "") -> StackState:
        """Says what happens to the stack's resources until the stack rests, and returns where."""
        told: set[str] = set()
        while True:
            # Read before the events, so that the last ones are there when the stack rests.
            state = self.read() if not stack_id else self._read_by_id(stack_id)
            for event in self._events_since(began, stack_id or self.name):
                if event["EventId"] not in told:
                    told.add(event["EventId"])
                    self._tell(event, began)
            if not state.busy:
                return state
            self._sleep(self._poll_seconds)

    def _read_by_id(self, stack_id: str) -> StackState:
        with translated(f"stack {self.name}"):
            return StackState(self._cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])

    def _events_since(self, began: datetime, stack: str) -> list[dict[str, Any]]:
        """Oldest first. An event may carry a time a little before our clock's."""
        with translated(f"stack {self.name}"):
            pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
            events: list[dict[str, Any]] = []
            for page in pages:
                recent = [e for e in page["StackEvents"] if (began - e["Timestamp"]).total_seconds() < 1]
                events += recent
                if len(recent) < len(page["StackEvents"]):
                    break
        return events[::-1]

    def _tell(self, event: Mapping[str, Any], began: datetime) -> None:
        status = event["ResourceStatus"]
        if status.endswith("_IN_PROGRESS") or event["LogicalResourceId"] == self.name:
            return
        seconds = max(0.0, (event["Timestamp"] - began).total_seconds())
        reason = f": {event['ResourceStatusReason']}" if status.endswith("_FAILED") else ""
        self._say(f"  {seconds:6.1f} s  {status:<18} {event['LogicalResourceId']}{reason}")

    def _failure(self, final: StackState, began: datetime) -> StackError:
        """The error about the first resource that failed: what came after it only follows from it."""
        for event in self._events_since(began, self.name):
            if event["ResourceStatus"].endswith("_FAILED") and event["LogicalResourceId"] != self.name:
                return StackError(
                    f"stack {self.name}: {event['LogicalResourceId']}",
                    f"{event.get('ResourceStatusReason', 'no reason given')} (the stack is now {final.status})",
                    "mend that, then deploy again: the stack is brought back by itself",
                )
        return StackError(f"stack {self.name}", f"it ended as {final.status}", "read the stack's events for the cause")
