"""The plan: changes, data losses, and its text."""

from __future__ import annotations

import json

import pytest

from deployment.plan.cost import Cost, Traffic
from deployment.plan.plan import CodePlan, Plan, SitePlan, StackPlan, as_json
from deployment.plan.text import plan_lines
from deployment.stack.changes import PropertyChange, ResourceChange

TABLE = "AWS::DynamoDB::Table"
KEPT = StackPlan("cv-artifacts", "keep")
NOTHING_NEW = SitePlan(unchanged=("index.html",))


def plan(
    *changes: ResourceChange,
    code: CodePlan | None = None,
    site: SitePlan = NOTHING_NEW,
) -> Plan:
    main = StackPlan("cv", "update" if changes else "keep", changes)
    cost = Cost(0.04, Traffic(), "2026-11-24", ())
    return Plan("cv", "eu-west-1", (KEPT, main), code or CodePlan("a" * 64, "a" * 64), site, cost)


@pytest.mark.parametrize(
    "changed",
    [
        plan(ResourceChange("Topic", "AWS::SNS::Topic", "Add")),
        plan(code=CodePlan("a" * 64, "b" * 64)),
        plan(site=SitePlan(new=("a.html",))),
        plan(site=SitePlan(changed=("a.html",), invalidate=("/a.html",))),
        plan(site=SitePlan(delete=("a.html",))),
        plan(site=SitePlan(invalidate=("/*",))),
    ],
)
def test_a_change_of_any_part_makes_the_plan_nonempty(changed: Plan) -> None:
    assert not changed.empty
    assert plan_lines(changed)[-1].startswith("  total: ")


def test_a_plan_without_changes_is_empty() -> None:
    assert plan().empty
    assert plan(site=SitePlan(kept=("assets/old.0123456789ab.js",))).empty
    assert plan_lines(plan())[-1] == "  no changes"


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        (
            ResourceChange("T", TABLE, "Modify", "True", policy="ReplaceAndRetain"),
            "T replaced by an empty one; the old",
        ),
        (ResourceChange("T", TABLE, "Modify", "True", policy="ReplaceAndDelete"), "its content is DELETED"),
        (ResourceChange("T", TABLE, "Modify", "Conditional"), "T may be replaced by an empty one"),
        (ResourceChange("T", TABLE, "Remove", policy="Delete"), "T removed; its content is DELETED"),
        (
            ResourceChange("B", "AWS::S3::Bucket", "Remove", policy="Retain"),
            "bucket B removed; the old one is retained",
        ),
    ],
)
def test_changes_that_lose_data(change: ResourceChange, loss: str) -> None:
    [said] = plan(change).losses
    assert loss in said
    assert any("DATA LOSS" in line and loss in line for line in plan_lines(plan(change)))


@pytest.mark.parametrize(
    "change",
    [
        ResourceChange("T", TABLE, "Add"),
        ResourceChange("T", TABLE, "Modify", "False"),
        ResourceChange("T", TABLE, "Modify"),
        ResourceChange("F", "AWS::Lambda::Function", "Modify", "True"),
        ResourceChange("F", "AWS::Lambda::Function", "Remove"),
    ],
)
def test_changes_that_lose_no_data(change: ResourceChange) -> None:
    assert plan(change).losses == ()


def test_the_text_of_a_plan() -> None:
    shown = plan_lines(
        plan(
            ResourceChange(
                "Router",
                "AWS::Lambda::Function",
                "Modify",
                "False",
                (
                    PropertyChange("Code.S3Key", "router/a.zip", "router/b.zip", "Never"),
                    PropertyChange("Role", None, None, "Never"),
                    PropertyChange("Description", None, "x" * 100),
                ),
            ),
            ResourceChange(
                "Api", "AWS::ApiGatewayV2::Api", "Modify", "True", (PropertyChange("Name", "a", "b", "Always"),)
            ),
            ResourceChange("Old", "AWS::SNS::Topic", "Remove"),
            ResourceChange("Route", "R", "Modify", "Conditional", (PropertyChange("Target", None, None),)),
            ResourceChange("Stage", "S", "Modify", "Conditional", (PropertyChange("Name", "a", "b"),)),
            code=CodePlan("a" * 64, "b" * 64),
            site=SitePlan(
                tuple(f"new{number:02}.html" for number in range(20)), ("index.html",), (), ("gone.html",), (), ("/",)
            ),
        )
    )
    assert shown == [
        "plan for cv in eu-west-1:",
        "  stack cv-artifacts: unchanged",
        "  stack cv: to be changed, 5 resources",
        "    ~ Router (AWS::Lambda::Function)",
        "        Code.S3Key: router/a.zip → router/b.zip",
        "        Role: depends on another change",
        f"        Description: nothing → {'x' * 59}…",
        "    ! Api (AWS::ApiGatewayV2::Api) REPLACED",
        "        Name: a → b (requires replacement)",
        "    - Old (AWS::SNS::Topic) REMOVED",
        "    ~ Stage (S) may be replaced",
        "        Name: a → b",
        "    · resources that refer to these: Route",
        "  code: aaaaaaaaaaaa → bbbbbbbbbbbb",
        "  site: 20 new, 1 changed, 0 unchanged, 1 to delete",
        *[f"    + new{number:02}.html" for number in range(12)],
        "    + and 8 more",
        "    ~ index.html",
        "    - gone.html",
        "  invalidation: /",
        "  cost: about $0.04 per month at 1,000 visits of 3 min (list prices of 2026-11-24, before tax)",
        "  total: 0 to add, 2 to change, 1 to replace, 1 to remove; 22 files",
    ]


def test_replacements_deletions_and_data_losses_are_red() -> None:
    painted = plan_lines(
        plan(
            ResourceChange("T", TABLE, "Modify", "True"),
            ResourceChange("Old", "AWS::SNS::Topic", "Remove"),
            ResourceChange("New", "AWS::SNS::Topic", "Add"),
            site=SitePlan(delete=("gone.html",)),
        ),
        lambda text, colour: f"<{colour}>{text}",
    )
    red = [line for line in painted if line.startswith("<31>")]
    assert [line.split()[1] for line in red] == ["!", "-", "-", "DATA"]


def test_the_json_is_complete() -> None:
    content = json.loads(json.dumps(as_json(plan(ResourceChange("T", TABLE, "Remove")))))
    assert content["changes"] is True
    assert len(content["losses"]) == 1
    assert content["stacks"][1]["changes"][0]["logical_id"] == "T"
    assert content["code"] == {"before": "a" * 64, "after": "a" * 64}
    assert content["cost"]["dollars"] == 0.04
