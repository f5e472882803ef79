"""A deploy stays unverified until it has passed the smoke test, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy, diff
from deployment.operations.status import status
from deployment.options import Deployed, Options
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.plan.text import plan_lines
from deployment.release.release import UNVERIFIED
from deployment.smoke.smoke_test import Patience
from errors import SmokeTestError
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud

NOWHERE = {names.MANAGEMENT_ENDPOINT: "http://127.0.0.1:9"}
"""An endpoint at which the router's every request fails."""


@dataclass
class Deploys:
    """Deploys of one site. broken: the router cannot send anything to a page."""

    target: Target
    output: Path
    site: Path
    settings: Settings
    say: Lines = field(default_factory=Lines)

    def parameters(self, *, broken: bool = False) -> Mapping[str, str]:
        return {**parameters(self.target.endpoint_url), **(NOWHERE if broken else {})}

    def deploy(
        self,
        *,
        broken: bool = False,
        test: bool = True,
        roll_back: bool = False,
        seconds: float = 1.0,
    ) -> Deployed:
        """seconds: the patience of the smoke test if the router is broken."""
        self.say.clear()
        patience = Patience(seconds, 0.1) if broken else None
        return deploy(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(broken=broken),
            reporter=self.say,
            options=Options(smoke_test=test, patience=patience, rollback_on_smoke_failure=roll_back),
        )

    def plan(self, *, broken: bool = False) -> Plan:
        return diff(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(broken=broken),
            traffic=Traffic(),
        )

    def release(self) -> tuple[bool | None, str]:
        (finding,) = [one for one in status(self.settings, self.target).findings if one.part == "release"]
        return finding.well, finding.state

    def page(self) -> bytes:
        bucket = self.deploy(test=False).outputs[names.SITE_BUCKET_NAME]
        body: bytes = self.target.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read()
        return body

    @property
    def tested(self) -> int:
        """The number of steps that the last deploy's smoke tests have passed."""
        return sum(line.startswith("smoke test: ") for line in self.say)


@pytest.fixture
def deploys(cloud: Target, output: Path, site: Path, make_settings: MakeSettings) -> Deploys:
    return Deploys(cloud, output, site, make_settings())


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
