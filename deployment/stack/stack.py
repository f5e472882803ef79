"""One stack: from whatever state it is in to what a template says, by a change set.

`apply` does it at once. A deploy that shows its plan first takes the same steps one by one: `at_rest` waits for what is
under way and takes the stack out of the states in which it is stuck, `propose` has a change set made, `execute` carries
it out and follows the events to the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_message, translated
from deployment.aws.target import Target
from deployment.stack.causes import explain
from deployment.stack.change_sets import Change, ChangeSet, ChangeSets
from deployment.stack.events import StackEvent, StackEvents, root_cause, stuck
from deployment.stack.progress import Say, StackProgress, progress_on
from deployment.stack.state import SUCCEEDED, StackState, plan_start, remedy
from errors import CloudError, StackError

TEMPLATE_BODY_LIMIT = 51_200
"""Bytes that CloudFormation takes in a request; a larger template comes from S3.
Source: CloudFormation quotas, AWS CloudFormation User Guide."""

TICK_SECONDS = 0.25
BROUGHT_BACK = "mend that, then deploy again: the stack is brought back by itself"

__all__ = ["TEMPLATE_BODY_LIMIT", "Applied", "Change", "ChangeSet", "Say", "Stack"]


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
        self.change_sets = ChangeSets(name, self._cloudformation, lambda: sleep(self._poll_seconds))
        self._template: Mapping[str, Any] | None = None

    def read(self) -> StackState:
        try:
            return self._describe(self.name)
        except CloudError as exc:
            if isinstance(exc.__cause__, ClientError) and "does not exist" in error_message(exc.__cause__):
                return StackState("")
            raise

    def read_settled(self) -> StackState:
        """The state once nothing is under way any more: another deploy is watched to its end, not run into."""
        state = self.read()
        if not state.busy:
            return state
        self._say(f"  {self.name}: a change is already under way ({state.status}); waiting for its end")
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id, attach=True)
        self._follow(events, until_over=False)
        self._template = None
        return self.read()

    def at_rest(self, *, skip_stuck: bool = False) -> StackState:
        """The state once it can be changed: settled, and brought back. Raises StackError as `bring_back` does."""
        return self.bring_back(self.read_settled(), skip_stuck=skip_stuck)

    def bring_back(self, state: StackState, *, skip_stuck: bool = False) -> StackState:
        """The state after the rollback of an update that failed half-way is complete; `state` where none has to be.

        state: settled. skip_stuck: leave the resources that cannot go back as they are. Raises StackError when one
        cannot go back.
        """
        act = remedy(state)
        if not act:
            return state
        self._say(f"  {self.name}: completing the rollback of an update that failed ({state.status})")
        self._template = None
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id)
            if act == "ROLL_BACK":
                self._cloudformation.rollback_stack(StackName=state.stack_id)
            else:
                skipped = {"ResourcesToSkip": self._stuck(state)} if skip_stuck else {}
                self._cloudformation.continue_update_rollback(StackName=state.stack_id, **skipped)
        final = self._follow(events)
        if final.status != "UPDATE_ROLLBACK_COMPLETE":
            raise self._failure(
                final,
                events,
                "mend that and deploy again; or deploy with --skip-stuck, which leaves what cannot go back as it is",
            )
        return final

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
        """The template that was deployed last, fetched once until this object changes the stack; empty for one that is
        not JSON, and so not ours."""
        if self._template is None:
            self._template = self._fetch_template()
        return self._template

    def _fetch_template(self) -> Mapping[str, Any]:
        with translated(self._where):
            body = self._cloudformation.get_template(StackName=self.name)["TemplateBody"]
        if isinstance(body, str):
            try:
                body = json.loads(body)
            except ValueError:
                return {}
        return body if isinstance(body, Mapping) else {}

    def unchanged(self, change: Change, state: StackState) -> bool:
        """Whether the stack is what `change` says, without asking for a change set, which takes seconds."""
        return (
            state.status in SUCCEEDED
            and all(state.parameters.get(key) == value for key, value in change.parameters.items())
            and self.template() == json.loads(change.template)
        )

    def propose(self, change: Change, state: StackState) -> ChangeSet | None:
        """A change set from `state` to what `change` says, not executed; None when there is nothing to change."""
        return self.change_sets.make(change, "UPDATE" if plan_start(self.name, state) == "UPDATE" else "CREATE")

    def execute(self, change_set: ChangeSet) -> Applied:
        """Executes it. Raises StackError with the first resource that failed."""
        self._template = None
        with translated(self._where):
            events = StackEvents(self._cloudformation, change_set.stack_id)
        self.change_sets.execute(change_set)
        final = self._follow(events)
        if final.status not in SUCCEEDED:
            raise self._failure(final, events, BROUGHT_BACK)
        return Applied(final.outputs, changed=True)

    def apply(self, change: Change) -> Applied:
        """Makes the stack what `change` says.

        Raises StackError with the first resource that failed, or CloudError when a request is refused.
        """
        state = self.at_rest()
        if plan_start(self.name, state) == "RECREATE":
            self.remove_remains(state)
        elif state.exists and self.unchanged(change, state):
            return Applied(state.outputs, changed=False)
        if state.status:
            self.change_sets.delete_leftovers()
        change_set = self.propose(change, StackState("") if plan_start(self.name, state) == "RECREATE" else state)
        return self.execute(change_set) if change_set else Applied(state.outputs, changed=False)

    def remove_remains(self, state: StackState) -> None:
        self._say(f"  {self.name}: removing what is left of an earlier attempt ({state.status})")
        self.delete()

    def delete(self) -> None:
        """Deletes the stack, if there is one, and waits for it. Raises StackError with the resource that stays."""
        state = self.read_settled()
        self._template = None
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
        parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", [])}
        changed = stack.get("LastUpdatedTime") or stack["CreationTime"]
        return StackState(stack["StackStatus"], outputs, changed, stack["StackId"], parameters)

    def _stuck(self, state: StackState) -> list[str]:
        """Those that could not go back. Only these may be skipped."""
        events = StackEvents(self._cloudformation, state.stack_id, attach=True)
        return stuck(events.read_new())

    def _follow(self, events: StackEvents, *, until_over: bool = True) -> StackState:
        """Shows what happens to the resources until the stack rests, and returns where.

        A read may be a moment behind the request before it, so a stack rests when its own last event says so too:
        that is what `until_over` waits for.
        """
        progress = progress_on(self._say)
        try:
            while True:
                state = self._describe(events.stack_id)
                with translated(self._where):
                    new = events.read_new()
                for event in new:
                    self._notify(progress, event, events.told[0])
                over = events.ended or not until_over
                if state.status == "DELETE_COMPLETE" or (over and not state.busy):
                    return state
                self._wait(progress)
        finally:
            progress.end()

    def _wait(self, progress: StackProgress) -> None:
        """Until it is time to look again; what is shown moves on meanwhile."""
        left = self._poll_seconds
        while left > 0:
            nap = min(left, TICK_SECONDS)
            self._sleep(nap)
            progress.tick()
            left -= nap

    @staticmethod
    def _notify(progress: StackProgress, event: StackEvent, first: StackEvent) -> None:
        if not event.about_stack:
            progress.notify(event, (event.at - first.at).total_seconds())

    def _failure(self, final: StackState, events: StackEvents, next_step: str) -> StackError:
        cause = root_cause(events.told)
        if cause is None:
            return StackError(self._where, f"it ended as {final.status}", "read the stack's events for the cause")
        where = self._where if cause.about_stack else f"{self._where}: {cause.resource}"
        what = f"{cause.reason or cause.status} (the stack is now {final.status})"
        if explanation := explain(cause.reason, cause.resource):
            return StackError(where, f"{what}\n  likely: {explanation.likely}", explanation.next_step)
        return StackError(where, what, next_step)
