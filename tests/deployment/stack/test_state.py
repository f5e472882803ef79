"""Every stack status has a start operation, a remedy, or an error with the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest
from mypy_boto3_cloudformation.literals import StackStatusType

from deployment.stack.state import StackState, plan_start, remedy
from errors import StackError
from tests.deployment.fakes import EPOCH

AT_REST = [status for status in get_args(StackStatusType) if not status.endswith("_IN_PROGRESS")]


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_stack_without_resources_is_created(status: str) -> None:
    assert plan_start("cv", StackState(status)) == "CREATE"
    assert not StackState(status).exists


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_cannot_be_updated_is_deleted_first(status: str) -> None:
    assert plan_start("cv", StackState(status)) == "RECREATE"


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED"])
def test_a_stack_that_can_be_updated_is_updated(status: str) -> None:
    assert plan_start("cv", StackState(status)) == "UPDATE"


def test_the_status_that_needs_manual_repair_has_a_next_step() -> None:
    with pytest.raises(StackError, match="repeat the import") as caught:
        plan_start("cv", StackState("IMPORT_ROLLBACK_FAILED"))
    assert caught.value.where == "stack cv"


@pytest.mark.parametrize("status", AT_REST)
def test_every_final_status_has_a_start_a_remedy_or_an_error(status: str) -> None:
    state = StackState(status)
    assert remedy(state) == {"UPDATE_ROLLBACK_FAILED": "CONTINUE_ROLLBACK", "UPDATE_FAILED": "ROLL_BACK"}.get(
        status, ""
    )
    if status != "IMPORT_ROLLBACK_FAILED":
        assert plan_start("cv", state) in ("CREATE", "UPDATE", "RECREATE")


def test_the_stamp_differs_between_states() -> None:
    made = StackState("CREATE_COMPLETE", updated=EPOCH, stack_id="a")
    assert made.stamp != StackState("CREATE_COMPLETE", updated=EPOCH + timedelta(seconds=1), stack_id="a").stamp
    assert made.stamp != StackState("CREATE_COMPLETE", updated=EPOCH, stack_id="b").stamp
    assert StackState("").stamp == StackState("REVIEW_IN_PROGRESS", updated=EPOCH, stack_id="b").stamp == ""


@pytest.mark.parametrize("status", AT_REST)
def test_a_final_status_is_not_waited_for(status: str) -> None:
    assert not StackState(status).busy


def test_a_stack_in_review_is_not_waited_for() -> None:
    assert not StackState("REVIEW_IN_PROGRESS").busy
    assert StackState("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS").busy
