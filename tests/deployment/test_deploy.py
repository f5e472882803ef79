"""The deploy as a function, as `local` calls it: on a real emulator, with and without an approval."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deployment.aws.bucket import empty_bucket
from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy
from deployment.options import Deployed, Options
from deployment.package.artifacts import artifact_stack
from deployment.package.template_file import write_template
from deployment.plan.approval import Approval
from deployment.plan.plan import Plan
from deployment.site.upload_plan import UNFINISHED
from deployment.stack.change_sets import Change
from deployment.stack.stack import Stack
from errors import ResumeError, SmokeTestError, StackError, UsageError
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines


@dataclass(frozen=True)
class Cloud:
    """The target of the deploys of a test."""

    target: Target
    output: Path
    say: Lines

    def deploy(self, settings: Settings, approval: Approval | None = None, options: Options | None = None) -> Deployed:
        self.say.clear()
        return deploy(
            settings,
            self.target,
            output=self.output,
            parameters=parameters(self.target.endpoint_url),
            reporter=self.say,
            approval=approval,
            options=options,
        )

    def status(self, settings: Settings) -> str:
        return Stack(settings.stack.name, self.target, self.say).read().status

    def keys(self, deployed: Deployed) -> set[str]:
        listed = self.target.client("s3").list_objects_v2(Bucket=deployed.outputs[names.SITE_BUCKET_NAME])
        return {item["Key"] for item in listed["Contents"]}

    def head(self, deployed: Deployed, key: str) -> Any:
        return self.target.client("s3").head_object(Bucket=deployed.outputs[names.SITE_BUCKET_NAME], Key=key)

    def invalidations(self, deployed: Deployed) -> list[set[str]]:
        """Return the paths of each invalidation, oldest first."""
        cloudfront, distribution = self.target.client("cloudfront"), deployed.outputs[names.DISTRIBUTION_ID]
        listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
        found = [
            cloudfront.get_invalidation(DistributionId=distribution, Id=item["Id"])["Invalidation"] for item in listed
        ]
        found.sort(key=lambda item: int(item["InvalidationBatch"]["CallerReference"]))
        return [set(item["InvalidationBatch"]["Paths"]["Items"]) for item in found]


@pytest.fixture
def here(cloud: Target, output: Path, say: Lines) -> Cloud:
    return Cloud(cloud, output, say)


@pytest.mark.cloud
def test_a_first_deploy_and_a_second(here: Cloud, make_settings: MakeSettings) -> None:
    settings = make_settings()
    first = here.deploy(settings)
    assert first.changed
    assert here.status(settings) == "CREATE_COMPLETE"
    assert here.keys(first) == {"404.html", "index.html", "style.css", "assets/app.0123456789ab.js"}
    assert here.head(first, "index.html")["ContentType"] == "text/html; charset=utf-8"
    assert here.head(first, "assets/app.0123456789ab.js")["CacheControl"].endswith("immutable")
    assert here.say[-1] == "site: 4 files, 4 uploaded, 0 deleted, 0 paths invalidated"

    uploaded_at = here.head(first, "index.html")["LastModified"]
    second = here.deploy(settings)
    assert not second.changed
    assert second.outputs == first.outputs
    assert here.head(second, "index.html")["LastModified"] == uploaded_at
    assert here.invalidations(second) == []
    assert here.say == [
        here.say[0],
        f"stack: {settings.stack.name} unchanged",
        "site: 4 files, 0 uploaded, 0 deleted, 0 paths invalidated",
    ]
    assert here.say[0].endswith("bytes, unchanged")


@pytest.mark.cloud
def test_only_the_site_changes(here: Cloud, make_settings: MakeSettings, site: Path) -> None:
    settings = make_settings()
    before = here.deploy(settings)
    (site / "index.html").write_text("<h1>Two</h1>")
    (site / "über uns.html").write_text("new")
    (site / "style.css").unlink()
    (site / "assets/app.0123456789ab.js").rename(site / "assets/app.ba9876543210.js")
    after = here.deploy(settings)
    assert after.changed
    assert f"stack: {settings.stack.name} unchanged" in here.say
    assert here.say[-1] == "site: 4 files, 3 uploaded, 1 deleted, 3 paths invalidated"
    kept = "assets/app.0123456789ab.js"
    assert here.keys(after) == {"404.html", "index.html", "über uns.html", "assets/app.ba9876543210.js", kept}
    assert here.invalidations(before) == [{"/", "/index.html", "/style.css"}]

    (site / "über uns.html").write_text("newer")
    here.deploy(settings)
    assert here.invalidations(before)[1] == {"/%C3%BCber%20uns.html"}
    assert UNFINISHED not in here.keys(after)


@pytest.mark.cloud
def test_a_plan_that_is_not_approved_leaves_no_trace(here: Cloud, make_settings: MakeSettings) -> None:
    settings = make_settings()
    seen: list[Plan] = []
    refuse = Approval(seen.append, lambda: False)
    with pytest.raises(UsageError, match="not confirmed, so nothing was changed"):
        here.deploy(settings, refuse)
    assert [plan.main.action for plan in seen] == ["create"]
    assert here.status(settings) == ""
    before = here.deploy(settings)

    changed = make_settings(logs={"retention_days": 7})
    with pytest.raises(UsageError):
        here.deploy(changed, refuse)
    assert [change.logical_id for change in seen[1].main.changes if change.properties] != []
    listed = here.target.client("cloudformation").list_change_sets(StackName=settings.stack.name)["Summaries"]
    assert [one for one in listed if one["ExecutionStatus"] == "AVAILABLE"] == []
    assert here.deploy(settings).outputs == before.outputs


@pytest.mark.cloud
def test_an_empty_plan_needs_no_approval(here: Cloud, make_settings: MakeSettings) -> None:
    settings = make_settings()
    here.deploy(settings)

    seen: list[Plan] = []
    assert not here.deploy(settings, Approval(seen.append, lambda: False)).changed
    assert seen == []


@pytest.mark.cloud
def test_an_artifact_stack_deleted_by_hand_is_created_again(here: Cloud, make_settings: MakeSettings) -> None:
    """The change set can only be created after the bucket, so it is checked for data loss and executed directly."""
    settings = make_settings()
    before = here.deploy(settings)
    artifacts = artifact_stack(settings, here.target, here.say)
    empty_bucket(artifacts.read().outputs[names.ARTIFACT_BUCKET_NAME], here.target)
    artifacts.delete()
    seen: list[Plan] = []
    after = here.deploy(settings, Approval(seen.append, lambda: True))
    assert [stack.action for stack in seen[0].stacks] == ["create", "update"]
    assert after.changed
    assert after.outputs == before.outputs
    assert not here.deploy(settings).changed


@pytest.mark.cloud
def test_an_invalid_site_is_reported_before_any_change(here: Cloud, make_settings: MakeSettings, site: Path) -> None:
    (site / "index.html").unlink()
    settings = make_settings()
    with pytest.raises(ResumeError):
        here.deploy(settings)
    assert artifact_stack(settings, here.target, here.say).read().status == ""


@pytest.mark.cloud
def test_a_site_with_a_domain_and_then_with_a_certificate_of_its_own(here: Cloud, make_settings: MakeSettings) -> None:
    domain = {"name": f"{uuid.uuid4().hex}.example.com"}
    settings = make_settings(domain=domain)
    seen: list[Plan] = []
    first = here.deploy(settings, Approval(seen.append, lambda: True))
    assert [stack.action for stack in seen[0].stacks] == ["create", "create", "create"]
    assert first.outputs[names.SITE_URL] == f"https://{domain['name']}"
    assert f"  {domain['name']}  CNAME  {first.outputs[names.DISTRIBUTION_DOMAIN]}" in here.say
    assert not here.deploy(settings).changed

    arn = Stack(f"{settings.stack.name}", here.target).read().parameters[names.CERTIFICATE_ARN]
    own = make_settings(domain={**domain, "certificate_arn": arn}, logs={"retention_days": 7})
    here.deploy(own, Approval(seen.append, lambda: True))
    assert [stack.action for stack in seen[1].stacks] == ["keep", "update"]


@pytest.mark.cloud
def test_a_changed_artifact_stack_is_updated_and_the_main_stack_kept(here: Cloud, make_settings: MakeSettings) -> None:
    settings = make_settings()
    before = here.deploy(settings)
    artifacts = artifact_stack(settings, here.target)
    template = json.loads(json.dumps(artifacts.template()))
    template["Resources"][names.ARTIFACT_BUCKET]["Properties"]["Tags"] = [{"Key": "by", "Value": "hand"}]
    artifacts.apply(Change(json.dumps(template), {}))
    seen: list[Plan] = []
    after = here.deploy(settings, Approval(seen.append, lambda: True))
    assert [stack.action for stack in seen[0].stacks] == ["update", "keep"]
    assert after.outputs == before.outputs
    assert not here.deploy(settings).changed


@pytest.mark.cloud
def test_a_stack_that_someone_else_keeps_changing_is_given_up(here: Cloud, make_settings: MakeSettings) -> None:
    here.deploy(make_settings())
    main = Stack(make_settings().stack.name, here.target)
    days = iter((3, 5, 14, 30))

    def change_it(_: Plan) -> None:
        template = json.loads(json.dumps(main.template()))
        template["Resources"][names.ROUTER_LOGS]["Properties"]["RetentionInDays"] = next(days)
        main.apply(Change(json.dumps(template), main.read().parameters))

    with pytest.raises(StackError, match="someone else keeps changing it"):
        here.deploy(make_settings(logs={"retention_days": 7}), Approval(change_it, lambda: True))
    assert len([line for line in here.say if line.endswith("planning again")]) == 3


@pytest.mark.cloud
def test_a_failed_smoke_test_restores_the_version_before_it(
    here: Cloud, make_settings: MakeSettings, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SmokeTestError("smoke test: page", "the front page has status 503", "look at the logs")

    monkeypatch.setattr("deployment.smoke.smoke_test.smoke_test", fail)
    careful = Options(smoke_test=True, rollback_on_smoke_failure=True)
    with pytest.raises(SmokeTestError, match="status 503"):
        here.deploy(make_settings(), options=careful)
    assert not [line for line in here.say if line.startswith("roll")], "a first deploy has no version before it"

    (site / "index.html").write_text("<h1>Two</h1>")
    with pytest.raises(SmokeTestError, match="status 503"):
        here.deploy(make_settings(), options=careful)
    assert "rolled back: 1 files of the site restored; the visitor count was not changed" in here.say
    assert here.say[-1].startswith("the restored release does not pass the smoke test either")
    bucket = Stack(make_settings().stack.name, here.target).read().outputs[names.SITE_BUCKET_NAME]
    shown = here.target.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read()
    assert shown == b"<h1>One</h1>"


def test_the_template_is_written_as_it_is_deployed(make_settings: MakeSettings, tmp_path: Path) -> None:
    text = write_template(make_settings(), tmp_path / "output")
    assert (tmp_path / "output/template.json").read_text(encoding="utf-8") == text
