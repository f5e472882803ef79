"""Stack events: each once, oldest first, none of an earlier operation; and the root cause of a failure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deployment.stack.events import StackEvents, parse_event, root_cause
from tests.deployment.fakes import STACK_ID, FakeCloudFormation, Moment, event


@given(before=st.integers(0, 7), batches=st.lists(st.integers(0, 7), max_size=5))
def test_every_new_event_is_read_once_in_order_across_pages(before: int, batches: list[int]) -> None:
    cloudformation = FakeCloudFormation([Moment("UPDATE_IN_PROGRESS")])
    cloudformation.events = [event(number, "Old", "CREATE_COMPLETE") for number in range(before)]
    events = StackEvents(cloudformation, STACK_ID)
    seen = []
    for size in batches:
        start = len(cloudformation.events)
        cloudformation.events += [event(start + i, f"R{start + i}", "UPDATE_COMPLETE") for i in range(size)]
        seen += [new.resource for new in events.read_new()]
    assert seen == [f"R{number}" for number in range(before, len(cloudformation.events))]
    assert [one.resource for one in events.seen] == seen


def test_an_operation_ends_with_the_stacks_own_event() -> None:
    cloudformation = FakeCloudFormation([Moment("UPDATE_IN_PROGRESS")])
    cloudformation.events = [event(0, "cv", "CREATE_COMPLETE", own=True)]
    events = StackEvents(cloudformation, STACK_ID)
    for number, resource, status, own, ended in (
        (1, "cv", "UPDATE_IN_PROGRESS", True, False),
        (2, "Router", "UPDATE_COMPLETE", False, False),
        (3, "cv", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True, False),
        (4, "cv", "UPDATE_COMPLETE", True, True),
    ):
        cloudformation.events.append(event(number, resource, status, own=own))
        events.read_new()
        assert events.ended is ended


def test_a_resource_with_the_name_of_its_stack_is_not_the_stack() -> None:
    assert not parse_event(event(1, "cv", "CREATE_COMPLETE")).about_stack
    assert parse_event(event(1, "cv", "CREATE_COMPLETE", own=True)).about_stack


def test_the_first_failure_is_the_root_cause() -> None:
    cause = root_cause(
        parse_event(seen)
        for seen in (
            event(1, "Cancelled", "CREATE_FAILED", "Resource creation cancelled"),
            event(2, "Router", "CREATE_FAILED", "no such key"),
            event(3, "Table", "CREATE_FAILED", "something else"),
            event(4, "cv", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Router].", own=True),
        )
    )
    assert cause is not None
    assert (cause.resource, cause.reason) == ("Router", "no such key")


def test_a_rollback_without_a_failed_resource_is_explained_by_the_stack() -> None:
    cause = root_cause([parse_event(event(1, "cv", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", own=True))])
    assert cause is not None
    assert cause.reason == "User Initiated"


def test_no_events_no_cause() -> None:
    assert root_cause([]) is None


def test_an_event_may_lack_status_and_reason() -> None:
    seen = event(1, "Hooked", "CREATE_COMPLETE")
    del seen["ResourceStatus"]
    assert (parse_event(seen).status, parse_event(seen).reason) == ("", "")
