"""One stack: from whatever state it is in to what a template says, by a change set.

`apply` reads the stack, chooses how to begin (`plan_start`, pure), makes a change set, executes it and follows the
events to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws_errors import error_message, translated
from deployment.stack_events import StackEvent, StackEvents, root_cause
from deployment.stack_state import SUCCEEDED, StackState, plan_start
from deployment.target import Target
from errors import CloudError, StackError

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

TEMPLATE_BODY_LIMIT = 51_200
"""Bytes that CloudFormation takes in a request; a larger template comes from S3.
Source: CloudFormation quotas, AWS CloudFormation User Guide."""

Say = Callable[[str], None]


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


class Stack:
    """The stack `name` at `target`. `say` gets a line per resource that reaches a state worth telling."""

    def __init__(self, name: str, target: Target, say: Say, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._where = f"stack {name}"
        self._cloudformation = target.client("cloudformation")
        self._say = say
        self._sleep = sleep
        # The emulator is done in a second; on AWS the distribution alone takes minutes.
        self._poll_seconds = 0.1 if target.endpoint_url else 2.0

    def read(self) -> StackState:
        try:
            return self._describe(self.name)
        except CloudError as exc:
            if isinstance(exc.__cause__, ClientError) and "does not exist" in error_message(exc.__cause__):
                return StackState("")
            raise

    def read_settled(self) -> StackState:
        """The state once nothing is under way any more: another deploy is waited for, not run into."""
        state = self.read()
        if state.busy:
            self._say(f"  {self.name}: waiting, since a change is already under way ({state.status})")
        while state.busy:
            self._sleep(self._poll_seconds)
            state = self.read()
        return state

    def resources(self) -> dict[str, str]:
        """Logical ID -> physical ID of everything that is there now."""
        with translated(self._where):
            pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
            return {
                resource["LogicalResourceId"]: resource["PhysicalResourceId"]
                for page in pages
                for resource in page["StackResourceSummaries"]
                if resource.get("PhysicalResourceId") and resource["ResourceStatus"] != "DELETE_COMPLETE"
            }

    def template(self) -> Mapping[str, Any]:
        """The template that was deployed last."""
        with translated(self._where):
            body: Mapping[str, Any] = self._cloudformation.get_template(StackName=self.name)["TemplateBody"]
        return body

    def apply(self, change: Change) -> Applied:
        """Makes the stack what `change` says.

        Raises StackError with the first resource that failed, or CloudError when a request is refused.
        """
        state = self.read_settled()
        start = plan_start(self.name, state)
        if start == "RECREATE":
            self._say(f"  {self.name}: removing what is left of an earlier attempt ({state.status})")
            self.delete()
        with translated(self._where):
            change_set = self._make_change_set(change, "UPDATE" if start == "UPDATE" else "CREATE")
            if change_set is None:
                return Applied(state.outputs, changed=False)
            events = StackEvents(self._cloudformation, change_set["StackId"])
            self._cloudformation.execute_change_set(StackName=self.name, ChangeSetName=change_set["ChangeSetName"])
        final = self._follow(events)
        if final.status not in SUCCEEDED:
            raise self._failure(final, events, "mend that, then deploy again: the stack is brought back by itself")
        return Applied(final.outputs, changed=True)

    def delete(self) -> None:
        """Deletes the stack, if there is one, and waits for it. Raises StackError with the resource that stays."""
        state = self.read_settled()
        if not state.status:
            return
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id)
            self._cloudformation.delete_stack(StackName=state.stack_id)
        final = self._follow(events)
        if final.status != "DELETE_COMPLETE":
            raise self._failure(final, events, "mend that, then run the same command again: it goes on from there")

    def _describe(self, name_or_id: str) -> StackState:
        with translated(self._where):
            stack = self._cloudformation.describe_stacks(StackName=name_or_id)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        changed = stack.get("LastUpdatedTime") or stack["CreationTime"]
        return StackState(stack["StackStatus"], outputs, changed, stack["StackId"])

    def _make_change_set(self, change: Change, kind: str) -> Mapping[str, Any] | None:
        """The description of a change set that is ready, or None when there is nothing to change."""
        body = {"TemplateURL": change.template_url} if change.template_url else {"TemplateBody": change.template}
        made = self._cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{datetime.now(UTC):%Y%m%dT%H%M%S%f}",
            ChangeSetType=kind,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in change.parameters.items()],
            **body,
        )
        which = {"StackName": made["StackId"], "ChangeSetName": made["Id"]}
        while (change_set := self._cloudformation.describe_change_set(**which))["Status"] in (
            "CREATE_PENDING",
            "CREATE_IN_PROGRESS",
        ):
            self._sleep(self._poll_seconds)
        if change_set["Status"] == "CREATE_COMPLETE":
            return {**change_set, **made}
        reason = change_set.get("StatusReason", change_set["Status"])
        self._cloudformation.delete_change_set(**which)
        if any(text in reason for text in NO_CHANGES):
            return None
        raise StackError(self._where, f"its change set failed: {reason}", "mend what that names, then deploy again")

    def _follow(self, events: StackEvents) -> StackState:
        """Says what happens to the resources until the stack rests, and returns where.

        A read may be a moment behind the request before it, so a stack rests when its own last event says so too.
        """
        while True:
            state = self._describe(events.stack_id)
            with translated(self._where):
                new = events.read_new()
            for event in new:
                self._tell(event, events.told[0])
            if state.status == "DELETE_COMPLETE" or (events.ended and not state.busy):
                return state
            self._sleep(self._poll_seconds)

    def _tell(self, event: StackEvent, first: StackEvent) -> None:
        if event.about_stack or not event.over:
            return
        seconds = (event.at - first.at).total_seconds()
        reason = f": {event.reason}" if event.failed and event.reason else ""
        self._say(f"  {seconds:6.1f} s  {event.status:<18} {event.resource}{reason}")

    def _failure(self, final: StackState, events: StackEvents, next_step: str) -> StackError:
        cause = root_cause(events.told)
        if cause is None:
            return StackError(self._where, f"it ended as {final.status}", "read the stack's events for the cause")
        where = self._where if cause.about_stack else f"{self._where}: {cause.resource}"
        return StackError(where, f"{cause.reason or cause.status} (the stack is now {final.status})", next_step)
