"""Comparison of templates: every difference once, as small as possible, with parameters resolved."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deployment.plan.template_diff import ResolvedTemplate, compare, with_values
from deployment.stack.changes import PropertyChange, ResourceChange

FUNCTION = "AWS::Lambda::Function"
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)
properties = st.dictionaries(st.sampled_from(["Code", "Name", "Tags"]), values, max_size=3)


def filled(parameters: dict[str, str] | None = None, **resources: dict[str, Any]) -> ResolvedTemplate:
    made = {name: {"Type": FUNCTION, "Properties": given} for name, given in resources.items()}
    return ResolvedTemplate({"Resources": made}, parameters or {})


def test_added_and_removed() -> None:
    [added] = compare(ResolvedTemplate({}, {}), filled(A={}))
    assert (added.logical_id, added.kind, added.action) == ("A", FUNCTION, "Add")
    [removed] = compare(filled(A={}), ResolvedTemplate({}, {}))
    assert (removed.action, removed.policy) == ("Remove", "Delete")


def test_a_changed_parameter_shows_where_it_is_used() -> None:
    code = {"Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": {"Ref": "Key"}}}
    before, after = filled({"Bucket": "b", "Key": "1"}, A=code), filled({"Bucket": "b", "Key": "2"}, A=code)
    [change] = compare(before, after)
    assert change.properties == (PropertyChange("Code.S3Key", "1", "2"),)


def test_lists_of_equal_length_are_compared_by_item_and_functions_as_a_whole() -> None:
    before = filled(A={"Tags": [{"Key": "a", "Value": "1"}, "x"], "Role": {"Fn::GetAtt": ["R", "Arn"]}})
    after = filled(A={"Tags": [{"Key": "a", "Value": "2"}, "x"], "Role": {"Ref": "Other"}})
    [change] = compare(before, after)
    assert change.properties == (
        PropertyChange("Role", '{"Fn::GetAtt": ["R", "Arn"]}', '{"Ref": "Other"}'),
        PropertyChange("Tags[0].Value", "1", "2"),
    )


def test_values_missing_in_the_change_set_come_from_the_templates() -> None:
    before, after = filled(A={"Code": {"Key": "1"}, "Size": 1}), filled(A={"Code": {"Key": "2"}, "Size": 1})
    said = ResourceChange(
        "A",
        FUNCTION,
        "Modify",
        properties=(
            PropertyChange("Code", None, None, "Never"),
            PropertyChange("Size", None, None, "Always"),
            PropertyChange("Name", "old", "new", "Never"),
        ),
    )
    assert with_values(said, before, after).properties == (
        PropertyChange("Code.Key", "1", "2", "Never"),
        PropertyChange("Size", None, None, "Always"),
        PropertyChange("Name", "old", "new", "Never"),
    )


@given(properties, properties)
def test_there_are_differences_exactly_when_they_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    # A null property is equivalent to an absent one.
    clean = [{key: value for key, value in given.items() if value is not None} for given in (before, after)]
    changes = compare(filled(A=clean[0]), filled(A=clean[1]))
    assert all(one.before != one.after for change in changes for one in change.properties)
    if clean[0] == clean[1]:
        assert changes == ()


def test_a_missing_policy_comes_from_the_templates() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "UpdateReplacePolicy": "Retain", "DeletionPolicy": "Retain"}
    there = ResolvedTemplate({"Resources": {"T": table}}, {})
    may_replace = with_values(ResourceChange("T", table["Type"], "Modify", "Conditional"), there, there)
    assert "the old one is retained" in may_replace.loses
    removed = with_values(ResourceChange("T", table["Type"], "Remove"), there, ResolvedTemplate({}, {}))
    assert "the old one is retained" in removed.loses
    assert with_values(ResourceChange("T", table["Type"], "Modify", "False"), there, there).policy == ""
