"""Stack operations from every state, against a fake CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from deployment.stack.change_sets import Change
from deployment.stack.stack import Applied, Stack
from errors import CloudError, CredentialsError, StackError
from tests.deployment.fakes import STACK_ID, FakeCloudFormation, FakeTarget, Lines, Moment, event, refused

CHANGE = Change("{}", {"CodeKey": "router/1.zip"})
NOTHING = {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes. Submit different..."}
BEGUN = event(1, "cv", "CREATE_IN_PROGRESS", own=True)
ENDED = event(9, "cv", "CREATE_COMPLETE", own=True)
GONE = [event(20, "cv", "DELETE_IN_PROGRESS", own=True), event(21, "cv", "DELETE_COMPLETE", own=True)]


class Rig:
    """A stack with a fake CloudFormation, its output, and the number of sleeps."""

    def __init__(self, moments: Sequence[Moment], change_sets: Sequence[Mapping[str, str]] = ()) -> None:
        self.cloudformation = FakeCloudFormation(moments, change_sets)
        self.lines = Lines()
        self.naps: list[float] = []
        target = FakeTarget("us-east-1", clients={"cloudformation": self.cloudformation})
        self.stack = Stack("cv", target, self.lines, self.naps.append)

    @property
    def acts(self) -> list[str]:
        return [call for call in self.cloudformation.calls if not call.startswith(("describe", "list"))]


def test_a_stack_is_created_and_followed_until_it_is_complete() -> None:
    rig = Rig(
        [
            Moment(""),
            Moment("REVIEW_IN_PROGRESS"),  # a read that is behind the request before it
            Moment("CREATE_IN_PROGRESS", [BEGUN, event(3, "Router", "CREATE_COMPLETE")]),
            Moment("CREATE_COMPLETE"),  # here the events are behind
            Moment("CREATE_COMPLETE", [event(8, "Table", "CREATE_COMPLETE"), ENDED]),
        ],
        [{"Status": "CREATE_PENDING"}, {"Status": "CREATE_IN_PROGRESS"}, {"Status": "CREATE_COMPLETE"}],
    )
    assert rig.stack.apply(CHANGE) == Applied({"Key": "value"}, changed=True)
    assert rig.acts == ["create_change_set CREATE", "execute_change_set"]
    assert rig.lines == [
        "     2.0 s  CREATE_COMPLETE    Router",
        "     7.0 s  CREATE_COMPLETE    Table",
    ]
    assert sum(rig.naps) == 5 * 2.0
    assert rig.cloudformation.requests[0]["Parameters"] == [
        {"ParameterKey": "CodeKey", "ParameterValue": "router/1.zip"}
    ]


def test_the_end_of_an_earlier_update_does_not_end_the_next() -> None:
    rig = Rig(
        [
            Moment("UPDATE_COMPLETE", [event(0, "cv", "UPDATE_COMPLETE", own=True)]),
            Moment("UPDATE_COMPLETE"),
            Moment("UPDATE_IN_PROGRESS", [event(1, "cv", "UPDATE_IN_PROGRESS", own=True)]),
            Moment("UPDATE_COMPLETE", [event(2, "cv", "UPDATE_COMPLETE", own=True)]),
        ]
    )
    assert rig.stack.apply(CHANGE).changed
    assert rig.acts == ["create_change_set UPDATE", "execute_change_set"]


def test_without_changes_the_change_set_is_deleted_and_the_outputs_are_kept() -> None:
    rig = Rig([Moment("UPDATE_COMPLETE")], [NOTHING])
    assert rig.stack.apply(CHANGE) == Applied({"Key": "value"}, changed=False)
    assert rig.acts == ["create_change_set UPDATE", "delete_change_set"]


@pytest.mark.parametrize("status", ["FAILED", "DELETE_COMPLETE"])
def test_a_failed_change_set_is_reported_with_its_reason(status: str) -> None:
    rig = Rig([Moment("CREATE_COMPLETE")], [{"Status": status, "StatusReason": "Template error: no such thing"}])
    with pytest.raises(StackError, match=": creating its change set failed: Template error: no such thing"):
        rig.stack.apply(CHANGE)


def test_an_update_in_progress_is_waited_for() -> None:
    rig = Rig([*[Moment("UPDATE_IN_PROGRESS")] * 3, Moment("UPDATE_COMPLETE")], [NOTHING])
    rig.stack.apply(CHANGE)
    assert rig.lines == ["  cv: an operation is already in progress (UPDATE_IN_PROGRESS); waiting for it to complete"]
    assert sum(rig.naps) > 0


def test_a_deletion_in_progress_is_waited_for_and_then_the_stack_created() -> None:
    made = Moment("CREATE_COMPLETE", [BEGUN, ENDED])
    rig = Rig([*[Moment("DELETE_IN_PROGRESS")] * 2, Moment("DELETE_COMPLETE"), Moment(""), made])
    assert rig.stack.apply(CHANGE).changed
    assert rig.acts == ["create_change_set CREATE", "execute_change_set"]


def test_a_failed_creation_is_deleted_first() -> None:
    rig = Rig(
        [
            *[Moment("ROLLBACK_COMPLETE")] * 2,
            Moment("DELETE_COMPLETE", GONE),
            Moment("CREATE_COMPLETE", [event(31, "cv", "CREATE_COMPLETE", own=True)]),
        ]
    )
    assert rig.stack.apply(CHANGE).changed
    assert rig.acts == ["delete_stack", "create_change_set CREATE", "execute_change_set"]
    assert "ROLLBACK_COMPLETE" in rig.lines[0]


def test_a_failure_names_the_resource_the_reason_and_the_next_step() -> None:
    failed = event(2, "Router", "CREATE_FAILED", "S3 key does not exist")
    rolled_back = event(5, "cv", "ROLLBACK_COMPLETE", own=True)
    rig = Rig([Moment(""), Moment("ROLLBACK_COMPLETE", [BEGUN, failed, rolled_back])])
    with pytest.raises(StackError) as caught:
        rig.stack.apply(CHANGE)
    assert caught.value.where == "stack cv: Router"
    assert caught.value.what == "S3 key does not exist (the stack is now ROLLBACK_COMPLETE)"
    assert "deploy again" in caught.value.next_step
    assert rig.lines == ["     1.0 s  CREATE_FAILED      Router: S3 key does not exist"]


def test_a_failure_without_a_reason_is_reported() -> None:
    events = [BEGUN, event(2, "Router", "CREATE_FAILED"), event(5, "cv", "ROLLBACK_COMPLETE", own=True)]
    rig = Rig([Moment(""), Moment("ROLLBACK_COMPLETE", events)])
    with pytest.raises(StackError, match=r"Router: CREATE_FAILED \(the stack"):
        rig.stack.apply(CHANGE)
    assert rig.lines == ["     1.0 s  CREATE_FAILED      Router"]


def test_an_unexplained_final_status_is_reported() -> None:
    rig = Rig([Moment(""), Moment("ROLLBACK_COMPLETE", [event(5, "cv", "ROLLBACK_COMPLETE", own=True)])])
    with pytest.raises(StackError, match="the operation ended in ROLLBACK_COMPLETE"):
        rig.stack.apply(CHANGE)


def test_a_deletion_ends_with_the_stack_even_without_an_event() -> None:
    rig = Rig([Moment("REVIEW_IN_PROGRESS"), Moment("REVIEW_IN_PROGRESS"), Moment("DELETE_COMPLETE")])
    rig.stack.delete()
    assert rig.acts == ["delete_stack"]


def test_a_failed_deletion_names_the_resource() -> None:
    events = [
        event(1, "cv", "DELETE_IN_PROGRESS", own=True),
        event(2, "SiteBucket", "DELETE_FAILED", "The bucket you tried to delete is not empty"),
        event(3, "cv", "DELETE_FAILED", "The following resource(s) failed to delete: [SiteBucket].", own=True),
    ]
    rig = Rig([Moment("CREATE_COMPLETE"), Moment("DELETE_FAILED", events)])
    with pytest.raises(StackError) as caught:
        rig.stack.delete()
    assert caught.value.where == "stack cv: SiteBucket"
    assert "likely: objects were added to the bucket" in caught.value.what
    assert caught.value.next_step == "run python3 build.py destroy again: it empties the bucket and continues"


def test_deleting_a_missing_stack_does_nothing() -> None:
    rig = Rig([Moment("")])
    rig.stack.delete()
    assert rig.acts == []


def test_a_template_too_large_for_a_request_is_passed_by_url() -> None:
    rig = Rig([Moment("UPDATE_ROLLBACK_COMPLETE")], [NOTHING])
    rig.stack.apply(Change("{}", {}, "https://s3.amazonaws.com/bucket/key"))
    assert rig.cloudformation.requests[0]["TemplateURL"] == "https://s3.amazonaws.com/bucket/key"
    assert "TemplateBody" not in rig.cloudformation.requests[0]


def test_a_missing_stack_differs_from_a_missing_permission() -> None:
    assert Rig([Moment("")]).stack.read().status == ""

    class Denying(FakeCloudFormation):
        def describe_stacks(self, StackName: str) -> dict[str, object]:  # noqa: N803
            raise refused("DescribeStacks", "AccessDenied", f"not authorized to perform it on {StackName}")

    stack = Stack("cv", FakeTarget(clients={"cloudformation": Denying([])}), Lines())
    with pytest.raises(CloudError, match="not authorized"):
        stack.read()


def test_credentials_that_expire_during_an_operation_are_reported() -> None:
    class Expiring(FakeCloudFormation):
        def execute_change_set(self, **_: object) -> None:
            raise refused("ExecuteChangeSet", "ExpiredToken", "The security token included in the request is expired")

    stack = Stack("cv", FakeTarget(clients={"cloudformation": Expiring([Moment("CREATE_COMPLETE")])}), Lines())
    with pytest.raises(CredentialsError, match="have expired"):
        stack.apply(CHANGE)


def test_the_stack_is_read_by_its_id() -> None:
    assert Rig([Moment("CREATE_COMPLETE")]).stack.read().stack_id == STACK_ID


def test_an_operation_in_progress_is_shown_from_its_start() -> None:
    before = [event(0, "Old", "CREATE_COMPLETE"), event(1, "cv", "CREATE_COMPLETE", own=True)]
    begun = [event(10, "cv", "UPDATE_IN_PROGRESS", own=True), event(12, "Router", "UPDATE_COMPLETE")]
    over = [event(15, "Table", "UPDATE_COMPLETE"), event(16, "cv", "UPDATE_COMPLETE", own=True)]
    rig = Rig([Moment("UPDATE_IN_PROGRESS", [*before, *begun]), Moment("UPDATE_COMPLETE", over)], [NOTHING])
    assert rig.stack.read_settled().status == "UPDATE_COMPLETE"
    assert rig.lines[1:] == ["     2.0 s  UPDATE_COMPLETE    Router", "     5.0 s  UPDATE_COMPLETE    Table"]


@pytest.mark.parametrize(
    ("status", "act"), [("UPDATE_ROLLBACK_FAILED", "continue_update_rollback"), ("UPDATE_FAILED", "rollback_stack")]
)
def test_a_failed_rollback_is_completed_first(status: str, act: str) -> None:
    rolled_back = [event(21, "cv", "UPDATE_ROLLBACK_COMPLETE", own=True)]
    rig = Rig([Moment(status), Moment("UPDATE_ROLLBACK_COMPLETE", rolled_back)], [NOTHING])
    rig.stack.apply(CHANGE)
    assert rig.acts == [act, "create_change_set UPDATE", "delete_change_set"]


def test_a_resource_that_cannot_be_rolled_back_is_named_and_skipped_only_on_request() -> None:
    events = [
        event(20, "cv", "UPDATE_ROLLBACK_IN_PROGRESS", own=True),
        event(21, "Router", "UPDATE_FAILED", "no such zip"),
        event(22, "cv", "UPDATE_ROLLBACK_FAILED", own=True),
    ]
    rig = Rig([Moment("UPDATE_ROLLBACK_FAILED"), Moment("UPDATE_ROLLBACK_FAILED", events)])
    with pytest.raises(StackError, match="no such zip") as caught:
        rig.stack.complete_rollback(rig.stack.read_settled())
    assert caught.value.where == "stack cv: Router"
    assert "--skip-stuck" in caught.value.next_step
    assert rig.cloudformation.requests == [{"StackName": STACK_ID}]

    begun = [event(10, "cv", "UPDATE_IN_PROGRESS", own=True), event(11, "Table", "UPDATE_FAILED", "not so")]
    earlier = [*begun, *events]
    back = [event(24, "cv", "UPDATE_ROLLBACK_COMPLETE", own=True)]
    moments = [Moment("UPDATE_ROLLBACK_FAILED", earlier), Moment("UPDATE_ROLLBACK_COMPLETE", back)]
    cloudformation = FakeCloudFormation(moments)
    stack = Stack("cv", FakeTarget(clients={"cloudformation": cloudformation}), Lines())
    assert stack.complete_rollback(stack.read_settled(), skip_stuck=True).status == "UPDATE_ROLLBACK_COMPLETE"
    assert cloudformation.requests == [{"StackName": STACK_ID, "ResourcesToSkip": ["Router"]}]


def test_an_unchanged_stack_needs_no_change_set() -> None:
    cloudformation = FakeCloudFormation(
        [Moment("CREATE_COMPLETE")], template={}, parameters={"CodeKey": "router/1.zip", "Other": ""}
    )
    stack = Stack("cv", FakeTarget(clients={"cloudformation": cloudformation}), Lines())
    assert not stack.apply(CHANGE).changed
    assert cloudformation.calls == []


@pytest.mark.parametrize("body", ['{"Resources": {}}', {"Resources": {}}])
def test_a_template_is_read_as_text_or_as_an_object(body: str | Mapping[str, object]) -> None:
    cloudformation = FakeCloudFormation([Moment("CREATE_COMPLETE")], template=body)
    assert Stack("cv", FakeTarget(clients={"cloudformation": cloudformation}), Lines()).template() == {"Resources": {}}


def test_a_template_in_yaml_is_not_of_this_project() -> None:
    cloudformation = FakeCloudFormation([Moment("CREATE_COMPLETE")], template="Resources:\n  A: {}\n")
    assert Stack("cv", FakeTarget(clients={"cloudformation": cloudformation}), Lines()).template() == {}
