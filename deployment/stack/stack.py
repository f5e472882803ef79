"""Operations on one stack, by change sets.

`apply` does all of them. A deploy that shows its plan first calls the steps one by one: `read_settled` waits for an
operation in progress, `complete_rollback` resolves a failed one, `propose` creates a change set, and `execute` executes
it and follows the events until the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from console import SILENT, Reporter
from deployment.aws.errors import error_code, error_message, translated
from deployment.aws.target import Target
from deployment.stack.causes import explain
from deployment.stack.change_sets import Change, ChangeSet, ChangeSets
from deployment.stack.events import StackEvent, StackEvents, root_cause, stuck
from deployment.stack.kept_data import Data, import_template, resources_to_import
from deployment.stack.progress import StackProgress
from deployment.stack.state import SUCCEEDED, StackState, plan_start, remedy
from deployment.stack.title import title
from errors import CloudError, StackError

FORCE = "FORCE_DELETE_STACK"
TICK_SECONDS = 0.25
FIX_AND_DEPLOY = "fix the problem, then deploy again; a failed rollback is completed automatically"


@dataclass(frozen=True)
class Applied:
    outputs: Mapping[str, str]
    changed: bool


class Stack:
    """The stack `name` at `target`. Its operations print their progress to `reporter`."""

    def __init__(
        self, name: str, target: Target, reporter: Reporter = SILENT, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = name
        self._where = title(name)
        self._cloudformation = target.client("cloudformation")
        self._reporter = reporter
        self._sleep = sleep
        # The emulator is done in a second; on AWS the distribution alone takes minutes.
        self._poll_seconds = 0.1 if target.endpoint_url else 2.0
        self.change_sets = ChangeSets(name, self._cloudformation, lambda: sleep(self._poll_seconds))
        self._template: Mapping[str, Any] | None = None

    def read(self) -> StackState:
        """Return the present state. Raises CloudError when the request fails."""
        try:
            return self._describe(self.name)
        except CloudError as exc:
            if isinstance(exc.__cause__, ClientError) and "does not exist" in error_message(exc.__cause__):
                return StackState("")
            raise

    def read_settled(self) -> StackState:
        """Wait for an operation in progress, such as another deploy, and return the state after it."""
        state = self.read()
        if not state.busy:
            return state
        self._reporter(
            f"  {self.name}: an operation is already in progress ({state.status}); waiting for it to complete"
        )
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id, attach=True)
        self._follow(events, until_over=False)
        self._template = None
        return self.read()

    def complete_rollback(self, state: StackState, *, skip_stuck: bool = False) -> StackState:
        """Complete the failed rollback of an update and return the state after it; return `state` if there is none.

        state: from `read_settled`. skip_stuck: skip the resources that cannot be rolled back. Raises StackError when
        the rollback fails again.
        """
        act = remedy(state)
        if not act:
            return state
        self._reporter(f"  {self.name}: completing the rollback of a failed update ({state.status})")
        self._template = None
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id)
            if act == "ROLL_BACK":
                self._roll_back(state)
            else:
                skipped = {"ResourcesToSkip": self._stuck(state)} if skip_stuck else {}
                self._cloudformation.continue_update_rollback(StackName=state.stack_id, **skipped)
        final = self._follow(events)
        if final.status != "UPDATE_ROLLBACK_COMPLETE":
            raise self._failure(
                final,
                events,
                "fix the problem and deploy again, or deploy with --skip-stuck to skip what cannot be rolled back",
            )
        return final

    def _roll_back(self, state: StackState) -> None:
        try:
            self._cloudformation.rollback_stack(StackName=state.stack_id)
        except ClientError as exc:
            if error_code(exc) != "ValidationError":
                raise
            # As after a failed operation in express mode. Source: aws/aws-cdk-cli, issues 1745 and 1973.
            raise StackError(
                self._where,
                f"its failed update cannot be rolled back: {error_message(exc)}",
                "destroy it (python3 build.py destroy retains the data, unless told otherwise), then deploy again",
            ) from exc

    def resources(self) -> dict[str, str]:
        """Return logical ID -> physical ID of the existing resources. Raises CloudError."""
        return {name: physical for name, (_, physical) in self.typed_resources().items()}

    def typed_resources(self) -> dict[str, tuple[str, str]]:
        """Return logical ID -> type and physical ID of the existing resources. Raises CloudError."""
        return {
            one["LogicalResourceId"]: (one["ResourceType"], one["PhysicalResourceId"])
            for one in self._list_resources()
            if one.get("PhysicalResourceId") and one["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def undeleted(self) -> dict[str, tuple[str, str]]:
        """Return logical ID -> physical ID and reason of the resources that could not be deleted. Raises CloudError."""
        return {
            one["LogicalResourceId"]: (one.get("PhysicalResourceId", ""), one.get("ResourceStatusReason", ""))
            for one in self._list_resources()
            if one["ResourceStatus"] == "DELETE_FAILED"
        }

    def _list_resources(self) -> list[Mapping[str, Any]]:
        with translated(self._where):
            pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
            return [one for page in pages for one in page["StackResourceSummaries"]]

    def template(self) -> Mapping[str, Any]:
        """Return the deployed template, cached until this object changes the stack; empty if it is not JSON, and so not
        from this project.
        """
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
        """Return True if the stack already matches `change`, without creating a change set, which takes seconds."""
        return (
            not change.mode.revert_drift
            and state.status in SUCCEEDED
            and all(state.parameters.get(key) == value for key, value in change.parameters.items())
            and self.template() == json.loads(change.template)
        )

    def propose(self, change: Change, state: StackState, *, dry: bool = False) -> ChangeSet | None:
        """Create a change set that applies `change` to `state`; return None if there are no changes.

        dry: for a plan, not to be executed.
        """
        kind = "UPDATE" if plan_start(self.name, state) == "UPDATE" else "CREATE"
        return self.change_sets.create(change, kind, dry=dry)

    def adopt(self, template: str, data: Sequence[Data]) -> StackState:
        """Create the stack from the retained `data` by an import, and return its state. template: of the whole stack.

        Raises StackError, naming the first resource that failed.
        """
        self._reporter(f"  {self.name}: adopting {', '.join(map(str, data))}")
        change = Change(import_template(template, data), {})
        change_set = self.change_sets.create(change, "IMPORT", resources_to_import(data))
        if change_set:
            self.execute(change_set)
        return self.read()

    def execute(self, change_set: ChangeSet) -> Applied:
        """Execute a change set and wait for it. Raises StackError, naming the first resource that failed."""
        self._template = None
        with translated(self._where):
            events = StackEvents(self._cloudformation, change_set.stack_id)
        self.change_sets.execute(change_set)
        final = self._follow(events)
        if final.status not in SUCCEEDED:
            raise self._failure(final, events, FIX_AND_DEPLOY)
        return Applied(final.outputs, changed=True)

    def apply(self, change: Change) -> Applied:
        """Create or update the stack so that it matches `change`.

        Raises StackError, naming the first resource that failed, and CloudError when a request fails.
        """
        state = self.complete_rollback(self.read_settled())
        if plan_start(self.name, state) == "RECREATE":
            self.remove_failed(state)
        elif state.exists and self.unchanged(change, state):
            return Applied(state.outputs, changed=False)
        if state.status:
            self.change_sets.delete_leftovers()
        change_set = self.propose(change, StackState("") if plan_start(self.name, state) == "RECREATE" else state)
        return self.execute(change_set) if change_set else Applied(state.outputs, changed=False)

    def remove_failed(self, state: StackState) -> None:
        """Delete the stack after a failed creation or deletion."""
        self._reporter(f"  {self.name}: deleting the remains of a failed attempt ({state.status})")
        self.delete()

    def delete(self, *, force: bool = False) -> None:
        """Delete the stack if it exists, and wait for it. Raises StackError, naming the resource that failed.

        force: of a stack in DELETE_FAILED, leave the resources that could not be deleted.
        """
        state = self.read_settled()
        self._template = None
        if not state.status:
            return
        with translated(self._where):
            events = StackEvents(self._cloudformation, state.stack_id)
            self._cloudformation.delete_stack(StackName=state.stack_id, **({"DeletionMode": FORCE} if force else {}))
        final = self._follow(events)
        if final.status != "DELETE_COMPLETE":
            raise self._failure(final, events, "fix the problem, then run the same command again")

    def _describe(self, name_or_id: str) -> StackState:
        with translated(self._where):
            stack = self._cloudformation.describe_stacks(StackName=name_or_id)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", [])}
        changed = stack.get("LastUpdatedTime") or stack["CreationTime"]
        return StackState(stack["StackStatus"], outputs, changed, stack["StackId"], parameters)

    def _stuck(self, state: StackState) -> list[str]:
        """Return the resources that could not be rolled back, the only ones that may be skipped."""
        events = StackEvents(self._cloudformation, state.stack_id, attach=True)
        return stuck(events.read_new())

    def _follow(self, events: StackEvents, *, until_over: bool = True) -> StackState:
        """Show the progress of the operation until it ends, and return the final state.

        DescribeStacks may lag behind the request that started the operation. until_over: also wait until the stack's
        own last event says that it has ended.
        """
        progress = StackProgress(self._reporter)
        try:
            while True:
                state = self._describe(events.stack_id)
                with translated(self._where):
                    new = events.read_new()
                for event in new:
                    self._notify(progress, event, events.seen[0])
                over = events.ended or not until_over
                if state.status == "DELETE_COMPLETE" or (over and not state.busy):
                    return state
                self._wait(progress)
        finally:
            progress.end()

    def _wait(self, progress: StackProgress) -> None:
        """Sleep until the next poll, while the displayed times advance."""
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
        cause = root_cause(events.seen)
        if cause is None:
            return StackError(
                self._where, f"the operation ended in {final.status}", "look for the cause in the events of the stack"
            )
        where = self._where if cause.about_stack else f"{self._where}: {cause.resource}"
        what = f"{cause.reason or cause.status} (the stack is now {final.status})"
        if explanation := explain(cause.reason, cause.resource):
            return StackError(where, f"{what}\n  likely: {explanation.likely}", explanation.next_step)
        return StackError(where, what, next_step)
