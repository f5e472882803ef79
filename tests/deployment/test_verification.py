"""A deploy stays unverified until it has passed the smoke test, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from deployment.plan.text import plan_lines
from deployment.release.release import UNVERIFIED
from errors import SmokeTestError
from template_gen import names
from tests.deployment.deploys import Deploys

pytestmark = pytest.mark.cloud


def test_a_deploy_that_failed_its_smoke_test_fails_again_when_it_is_repeated(deploys: Deploys) -> None:
    for _ in range(2):
        with pytest.raises(SmokeTestError, match="smoke test: socket"):
            deploys.deploy(broken=True)
    plan = deploys.plan(broken=True)
    assert plan.empty
    assert plan.unverified
    assert f"  {UNVERIFIED}: the next deploy runs it" in plan_lines(plan)
    assert deploys.release() == (None, UNVERIFIED)

    repaired = deploys.deploy()
    assert repaired.changed
    assert repaired.verified
    well, state = deploys.release()
    assert well
    assert state.endswith("which passed the smoke test")
    assert not deploys.plan().unverified


def test_a_deploy_that_ended_before_its_smoke_test_is_tested_by_the_next(deploys: Deploys) -> None:
    assert not deploys.deploy(test=False).verified
    second = deploys.deploy()
    assert (second.changed, second.verified, deploys.tested) == (False, True, 3)
    assert f"{UNVERIFIED}: running it" in deploys.say
    third = deploys.deploy()
    assert (third.changed, third.verified, deploys.tested) == (False, True, 0)


def changed_page(deploys: Deploys) -> None:
    """A file of the same content and another header would be noticed too: every write changes the time."""
    bucket = deploys.deploy(test=False).outputs[names.SITE_BUCKET_NAME]
    deploys.target.client("s3").put_object(Bucket=bucket, Key="more.html", Body=b"by hand", ContentType="text/html")


def changed_stack(deploys: Deploys) -> None:
    cloudformation, name = deploys.target.client("cloudformation"), deploys.settings.stack.name
    body = cloudformation.get_template(StackName=name)["TemplateBody"]
    present = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Parameters"]
    kept = [{"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in present]
    text = body if isinstance(body, str) else json.dumps(body)
    cloudformation.update_stack(
        StackName=name,
        TemplateBody=text,
        Parameters=[{"ParameterKey": names.EXTRA_ORIGINS, "ParameterValue": "https://x.example"}]
        + [one for one in kept if one["ParameterKey"] != names.EXTRA_ORIGINS],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


@pytest.mark.parametrize("change", [changed_page, changed_stack])
def test_a_change_by_somebody_else_is_unverified(deploys: Deploys, change: Callable[[Deploys], None]) -> None:
    deploys.deploy()
    assert deploys.release()[0]
    change(deploys)
    assert deploys.release() == (None, UNVERIFIED)
    assert deploys.plan().unverified


def test_the_way_back_is_the_latest_release_even_after_a_failed_deploy(deploys: Deploys) -> None:
    deploys.deploy()
    (deploys.site / "index.html").write_text("<h1>Two</h1>")
    (deploys.site / "new.html").write_text("new")
    (deploys.site / "style.css").unlink()
    with pytest.raises(SmokeTestError):
        deploys.deploy(broken=True)
    with pytest.raises(SmokeTestError):
        deploys.deploy(broken=True, roll_back=True, seconds=10.0)
    assert any(line.startswith("rolled back: ") for line in deploys.say)
    assert deploys.release()[0]
    assert deploys.plan().code.empty
    assert {*deploys.plan().site.changed, *deploys.plan().site.new} == {"index.html", "new.html"}
    assert deploys.plan().site.delete == ("style.css",)


def test_a_first_deploy_that_fails_has_no_way_back(deploys: Deploys) -> None:
    for _ in range(2):
        with pytest.raises(SmokeTestError):
            deploys.deploy(broken=True, roll_back=True)
        assert "there is no release to roll back to" in deploys.say
