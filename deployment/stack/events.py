"""Stack events.

Events are identified by their IDs and timed relative to each other, because the local clock may differ from the clock
of CloudFormation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
"""Stack statuses that start an operation; a rollback or a cleanup is a part of it."""


@dataclass(frozen=True)
class StackEvent:
    """An event. resource: the logical ID, or the name of the stack for an event of the stack itself (`about_stack`)."""

    resource: str
    status: str
    reason: str
    at: datetime
    about_stack: bool
    event_id: str = ""

    @property
    def failed(self) -> bool:
        """Return True for the failure of an operation on a resource."""
        return self.status.endswith("_FAILED")

    @property
    def over(self) -> bool:
        """Return True if the operation on the resource has completed or failed."""
        return not self.status.endswith("_IN_PROGRESS")


def parse_event(event: Mapping[str, Any]) -> StackEvent:
    """Return an event of a DescribeStackEvents response. A stack's own events have its ID as physical resource ID."""
    return StackEvent(
        event["LogicalResourceId"],
        event.get("ResourceStatus", ""),
        event.get("ResourceStatusReason", ""),
        event["Timestamp"],
        event.get("PhysicalResourceId") == event["StackId"],
        event.get("EventId", ""),
    )


def root_cause(events: Iterable[StackEvent]) -> StackEvent | None:
    """Return the first failure in `events`, oldest first; the later ones are its consequences.

    A resource is "cancelled" when another one failed. A rollback requested by a user has no failed resource, only the
    stack's own event with the reason.
    """
    events = list(events)
    failed = [event for event in events if event.failed and not event.about_stack]
    causes = [event for event in failed if "cancelled" not in event.reason]
    own = [event for event in events if event.about_stack and event.reason and "ROLLBACK" in event.status]
    return next(iter([*causes, *failed, *own]), None)


def stuck(events: Iterable[StackEvent]) -> list[str]:
    """Return the logical IDs of the resources whose rollback failed. events: of the update, oldest first."""
    last: dict[str, str] = {}
    for event in events:
        if event.about_stack and event.status == "UPDATE_ROLLBACK_IN_PROGRESS":
            last.clear()
        elif not event.about_stack:
            last[event.resource] = event.status
    return [resource for resource, status in last.items() if status == "UPDATE_FAILED"]


class StackEvents:
    """The events of a stack since this object was created, that is, of the next operation.

    attach: include the events of the operation in progress, from its start.
    """

    def __init__(self, cloudformation: Any, stack_id: str, *, attach: bool = False) -> None:
        self.stack_id = stack_id
        self.seen: list[StackEvent] = []
        self._cloudformation = cloudformation
        self._last_id = ""
        if attach:
            self._last_id = self._before_this_operation()
        elif newest := cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"][:1]:
            self._last_id = newest[0]["EventId"]

    @property
    def ended(self) -> bool:
        """Return True if the stack's own last event says that the operation has ended."""
        own = [event for event in self.seen if event.about_stack]
        return bool(own) and own[-1].over

    def read_new(self) -> list[StackEvent]:
        """Return the events that have not been read yet, oldest first."""
        unread: list[Mapping[str, Any]] = []
        for event in self._newest_first():
            if event["EventId"] == self._last_id:
                break
            unread.append(event)
        if unread:
            self._last_id = unread[0]["EventId"]
        new = [parse_event(event) for event in reversed(unread)]
        self.seen += new
        return new

    def _before_this_operation(self) -> str:
        """Return the ID of the last event before the current operation, "" if there is none."""
        begun = False
        for raw in self._newest_first():
            event = parse_event(raw)
            if begun:
                return event.event_id
            begun = event.about_stack and event.status in BEGINNINGS
        return ""

    def _newest_first(self) -> Iterable[Mapping[str, Any]]:
        for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.stack_id):
            yield from page["StackEvents"]
