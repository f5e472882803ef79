"""What happens to a stack's resources, as CloudFormation tells it.

Events are told apart by their IDs and timed by each other, never by our clock, which may differ from the service's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
"""With these an operation begins; a rollback or a cleanup is a part of it."""


@dataclass(frozen=True)
class StackEvent:
    """`resource` is a logical ID, or the stack's name when the event is `about_stack` itself."""

    resource: str
    status: str
    reason: str
    at: datetime
    about_stack: bool
    event_id: str = ""

    @property
    def failed(self) -> bool:
        return self.status.endswith("_FAILED")

    @property
    def over(self) -> bool:
        """Whether what it tells of has come to its end, good or bad."""
        return not self.status.endswith("_IN_PROGRESS")


def parse_event(event: Mapping[str, Any]) -> StackEvent:
    """An event as DescribeStackEvents gives it. A stack's own events are those whose resource is the stack."""
    return StackEvent(
        event["LogicalResourceId"],
        event.get("ResourceStatus", ""),
        event.get("ResourceStatusReason", ""),
        event["Timestamp"],
        event.get("PhysicalResourceId") == event["StackId"],
        event.get("EventId", ""),
    )


def root_cause(events: Iterable[StackEvent]) -> StackEvent | None:
    """Of events, oldest first: the first failure. What came after it only follows from it.

    A resource that was "cancelled" is one whose neighbour failed. A rollback that somebody asked for has no failed
    resource, only the stack's own event with the reason.
    """
    told = list(events)
    failed = [event for event in told if event.failed and not event.about_stack]
    causes = [event for event in failed if "cancelled" not in event.reason]
    own = [event for event in told if event.about_stack and event.reason and "ROLLBACK" in event.status]
    return next(iter([*causes, *failed, *own]), None)


def stuck(events: Iterable[StackEvent]) -> list[str]:
    """Of an update's events, oldest first: the resources that did not get back when it was rolled back."""
    last: dict[str, str] = {}
    for event in events:
        if event.about_stack and event.status == "UPDATE_ROLLBACK_IN_PROGRESS":
            last.clear()
        elif not event.about_stack:
            last[event.resource] = event.status
    return [resource for resource, status in last.items() if status == "UPDATE_FAILED"]


class StackEvents:
    """The events of one stack that are newer than this object: those of the operation that is begun next.

    attach: those of the operation that is under way as well, from its beginning.
    """

    def __init__(self, cloudformation: Any, stack_id: str, *, attach: bool = False) -> None:
        self.stack_id = stack_id
        self.told: list[StackEvent] = []
        self._cloudformation = cloudformation
        self._last_id = ""
        if attach:
            self._last_id = self._before_this_operation()
        elif newest := cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"][:1]:
            self._last_id = newest[0]["EventId"]

    @property
    def ended(self) -> bool:
        """Whether the stack itself has said that the operation is over."""
        own = [event for event in self.told if event.about_stack]
        return bool(own) and own[-1].over

    def read_new(self) -> list[StackEvent]:
        """Those that were not read yet, oldest first."""
        unread: list[Mapping[str, Any]] = []
        for event in self._newest_first():
            if event["EventId"] == self._last_id:
                break
            unread.append(event)
        if unread:
            self._last_id = unread[0]["EventId"]
        new = [parse_event(event) for event in reversed(unread)]
        self.told += new
        return new

    def _before_this_operation(self) -> str:
        """The ID of the event before the newest of those with which an operation begins; "" when it is the first."""
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
