"""Reading and deleting change sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployment.stack.change_sets import Change, ChangeSets, is_stale, parse_changes
from deployment.stack.changes import PropertyChange
from errors import CloudError
from tests.deployment.fakes import FakeCloudFormation, Moment, refused

# The shape of the example for IncludePropertyValues. Source: DescribeChangeSet, AWS CloudFormation API Reference.
DESCRIBED: list[dict[str, Any]] = [
    {
        "Type": "Resource",
        "ResourceChange": {
            "Action": "Modify",
            "LogicalResourceId": "Table",
            "PhysicalResourceId": "cv-Table-1",
            "ResourceType": "AWS::DynamoDB::Table",
            "Replacement": "True",
            "PolicyAction": "ReplaceAndRetain",
            "Scope": ["Properties"],
            "Details": [
                {
                    "Target": {
                        "Attribute": "Properties",
                        "Name": "KeySchema",
                        "RequiresRecreation": "Always",
                        "Path": "/Properties/KeySchema/0/AttributeName",
                        "BeforeValue": "id",
                        "AfterValue": "key",
                        "AttributeChangeType": "Modify",
                    },
                    "Evaluation": "Static",
                    "ChangeSource": "DirectModification",
                },
                {
                    "Target": {"Attribute": "Properties", "Name": "TableName", "RequiresRecreation": "Never"},
                    "Evaluation": "Dynamic",
                    "ChangeSource": "ResourceAttribute",
                },
                {
                    "Target": {"Attribute": "Properties", "Name": "TableName", "RequiresRecreation": "Always"},
                    "Evaluation": "Static",
                    "ChangeSource": "ParameterReference",
                },
                {
                    "Target": {
                        "Attribute": "Properties",
                        "Name": "Role",
                        "RequiresRecreation": "Never",
                        "Path": "/Properties/Role",
                        "BeforeValue": "arn:aws:iam::1:role/cv",
                        "AfterValue": "{{changeSet:KNOWN_AFTER_APPLY}}",
                    },
                    "Evaluation": "Dynamic",
                },
                {"Target": {"Attribute": "DeletionPolicy", "RequiresRecreation": "Never"}, "Evaluation": "Static"},
            ],
        },
    },
    {"ResourceChange": {"Action": "Add", "LogicalResourceId": "Api", "ResourceType": "AWS::ApiGatewayV2::Api"}},
    {"Type": "Hook"},
]


def test_the_changes_of_each_property_are_read() -> None:
    api, table = parse_changes(DESCRIBED)
    assert (api.logical_id, api.action, api.properties) == ("Api", "Add", ())
    assert (table.replacement, table.policy) == ("True", "ReplaceAndRetain")
    assert table.properties == (
        PropertyChange("DeletionPolicy", None, None, "Never"),
        PropertyChange("KeySchema.0.AttributeName", "id", "key", "Always"),
        PropertyChange("Role", None, None, "Never"),
        PropertyChange("TableName", None, None, "Always"),
    )
    assert "the table Table replaced by an empty one" in table.loses


def change_sets(cloudformation: Any) -> ChangeSets:
    return ChangeSets("cv", cloudformation, lambda: None)


def test_all_pages_of_a_change_set_are_read() -> None:
    class Paged(FakeCloudFormation):
        def describe_change_set(self, **request: Any) -> dict[str, Any]:
            page = int(request.get("NextToken", "0"))
            more = {"NextToken": str(page + 1)} if page < 2 else {}
            change = {"Action": "Add", "LogicalResourceId": f"R{page}", "ResourceType": "T"}
            return {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change}], **more}

    made = change_sets(Paged([Moment("CREATE_COMPLETE")])).create(Change("{}", {}), "UPDATE")
    assert made is not None
    assert [change.logical_id for change in made.changes] == ["R0", "R1", "R2"]


def test_only_change_sets_of_this_project_that_were_not_executed_are_deleted() -> None:
    cloudformation = FakeCloudFormation(
        [Moment("CREATE_COMPLETE")],
        listed=[
            {"ChangeSetId": "1", "ChangeSetName": "deploy-1", "ExecutionStatus": "AVAILABLE"},
            {"ChangeSetId": "2", "ChangeSetName": "somebody-elses", "ExecutionStatus": "AVAILABLE"},
            {"ChangeSetId": "3", "ChangeSetName": "deploy-3", "ExecutionStatus": "EXECUTE_COMPLETE"},
            {"ChangeSetId": "4", "ChangeSetName": "deploy-4", "ExecutionStatus": "UNAVAILABLE"},
        ],
    )
    assert change_sets(cloudformation).delete_leftovers() == 2
    assert [request["ChangeSetName"] for request in cloudformation.requests] == ["1", "4"]


def test_a_change_set_of_a_plan_in_progress_is_left() -> None:
    """That of a pull request, which a deploy of the main branch would otherwise delete while it is described."""
    now = datetime.now(UTC)
    plan = {"ExecutionStatus": "AVAILABLE", "ChangeSetName": "plan-1"}
    cloudformation = FakeCloudFormation(
        [],
        listed=[
            {**plan, "ChangeSetId": "young", "CreationTime": now - timedelta(minutes=5)},
            {**plan, "ChangeSetId": "old", "CreationTime": now - timedelta(hours=2)},
        ],
    )
    assert change_sets(cloudformation).delete_leftovers() == 1
    assert [request["ChangeSetName"] for request in cloudformation.requests] == ["old"]


def test_a_plan_has_a_change_set_of_another_name() -> None:
    cloudformation = FakeCloudFormation([])
    change_sets(cloudformation).create(Change("{}", {}), "UPDATE", dry=True)
    change_sets(cloudformation).create(Change("{}", {}), "UPDATE")
    assert [one["ChangeSetName"].partition("-")[0] for one in cloudformation.requests] == ["plan", "deploy"]


def test_deleting_a_missing_change_set_succeeds() -> None:
    class Gone(FakeCloudFormation):
        def delete_change_set(self, **request: Any) -> None:
            super().delete_change_set(**request)
            raise refused("DeleteChangeSet", "ChangeSetNotFound", "does not exist")

    gone = Gone([])
    change_sets(gone).delete("arn:1")
    assert gone.calls == ["delete_change_set"]


def test_a_change_set_that_may_not_be_deleted_is_an_error() -> None:
    class Denied(FakeCloudFormation):
        def delete_change_set(self, **_: Any) -> None:
            raise refused("DeleteChangeSet", "AccessDenied", "not authorized")

    with pytest.raises(CloudError, match="stack cv"):
        change_sets(Denied([])).delete("arn:1")


@pytest.mark.parametrize(
    ("code", "stale"), [("ChangeSetNotFound", True), ("InvalidChangeSetStatus", True), ("AccessDenied", False)]
)
def test_a_stale_change_set_differs_from_a_denied_request(code: str, stale: bool) -> None:
    class Refusing(FakeCloudFormation):
        def execute_change_set(self, **_: Any) -> None:
            raise refused("ExecuteChangeSet", code, "no")

    with pytest.raises(CloudError) as caught:
        change_sets(Refusing([])).execute("arn:1")
    assert is_stale(caught.value) is stale
