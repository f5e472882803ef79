"""The inventory of an account."""

from __future__ import annotations

import pytest

from deployment.aws.target import Target
from deployment.verification.inventory import (
    KINDS,
    OF_THE_MAIN_ENVIRONMENT,
    PARTS,
    STACK,
    Inventory,
    Item,
    compare,
    take,
)
from tests.template_gen.templates import TEMPLATES


def test_every_type_of_the_templates_is_listed_or_a_part_of_one_that_is() -> None:
    types = {one["Type"] for template in TEMPLATES.values() for one in template["Resources"].values()}
    listed = KINDS.keys() - {STACK, "AWS::SNS::Subscription"}
    assert types == listed | PARTS | OF_THE_MAIN_ENVIRONMENT


@pytest.mark.cloud
def test_the_difference_names_what_appeared_and_disappeared(cloud: Target) -> None:
    cloud.client("logs").create_log_group(logGroupName="/inventory/gone")
    before = take(cloud)
    assert before.unlisted == {}
    cloud.client("logs").create_log_group(logGroupName="/inventory/new")
    cloud.client("logs").delete_log_group(logGroupName="/inventory/gone")
    difference = compare(before, take(cloud))
    cloud.client("logs").delete_log_group(logGroupName="/inventory/new")
    assert difference.appeared == (Item("AWS::Logs::LogGroup", "/inventory/new"),)
    assert difference.disappeared == (Item("AWS::Logs::LogGroup", "/inventory/gone"),)
    assert not difference.empty


def test_a_kind_that_could_not_be_listed_is_not_compared() -> None:
    before = Inventory(frozenset({Item(STACK, "a")}))
    assert compare(before, Inventory(frozenset(), {STACK: "no permission"})).empty


def test_what_may_not_be_listed_is_named() -> None:
    unreachable = Target("us-east-1", "http://127.0.0.1:9", access_key="test", secret_key="test")
    topics = "AWS::SNS::Topic"
    assert take(unreachable, {topics: KINDS[topics]}).unlisted.keys() == {topics}
