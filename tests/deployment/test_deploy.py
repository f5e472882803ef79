"""The whole deploy, on a real emulator: from nothing, again, and after each kind of change and failure."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deployment import Deployed, Target, deploy, package, write_template
from deployment.artifacts import artifact_stack
from deployment.emulated import parameters
from deployment.site_upload import UNFINISHED
from deployment.stack import Stack
from errors import ResumeError, StackError
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines


@dataclass(frozen=True)
class Cloud:
    """Where the deploys of a test go."""

    target: Target
    output: Path
    say: Lines

    def deploy(self, settings: Settings) -> Deployed:
        self.say.clear()
        told = parameters(self.target.endpoint_url)
        return deploy(settings, self.target, output=self.output, parameters=told, say=self.say)

    def status(self, settings: Settings) -> str:
        return Stack(settings.stack.name, self.target, self.say).read().status

    def keys(self, deployed: Deployed) -> set[str]:
        listed = self.target.client("s3").list_objects_v2(Bucket=deployed.outputs[names.SITE_BUCKET_NAME])
        return {item["Key"] for item in listed["Contents"]}

    def head(self, deployed: Deployed, key: str) -> Any:
        return self.target.client("s3").head_object(Bucket=deployed.outputs[names.SITE_BUCKET_NAME], Key=key)

    def invalidations(self, deployed: Deployed) -> list[set[str]]:
        """The paths of each, oldest first."""
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
def test_from_nothing_and_then_again(here: Cloud, make_settings: MakeSettings) -> None:
    settings = make_settings()
    first = here.deploy(settings)
    assert first.changed
    assert here.status(settings) == "CREATE_COMPLETE"
    assert here.keys(first) == {"index.html", "style.css", "assets/app.0123456789ab.js"}
    assert here.head(first, "index.html")["ContentType"] == "text/html; charset=utf-8"
    assert here.head(first, "assets/app.0123456789ab.js")["CacheControl"].endswith("immutable")
    assert here.say[-1] == "site: 3 files, 3 uploaded, 0 deleted, 0 paths invalidated"

    uploaded_at = here.head(first, "index.html")["LastModified"]
    second = here.deploy(settings)
    assert not second.changed
    assert second.outputs == first.outputs
    assert here.head(second, "index.html")["LastModified"] == uploaded_at
    assert here.invalidations(second) == []
    assert here.say == [
        here.say[0],
        f"stack: {settings.stack.name} unchanged",
        "site: 3 files, 0 uploaded, 0 deleted, 0 paths invalidated",
    ]
    assert here.say[0].endswith("bytes, unchanged")


@pytest.mark.cloud
def test_only_the_code_changes(
    here: Cloud, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = make_settings()
    before = here.deploy(settings)
    router = shutil.copytree(package.ROUTER, tmp_path / "router")
    with (router / "handler.py").open("a") as handler:
        handler.write("# another\n")
    monkeypatch.setattr(package.build_package, "__defaults__", (router,))
    after = here.deploy(settings)
    assert after.changed
    function = here.target.client("lambda").get_function(FunctionName=after.outputs[names.ROUTER_FUNCTION])
    assert function["Configuration"]["CodeSize"] == (here.output / "router.zip").stat().st_size
    assert after.outputs == before.outputs
    assert here.say[0].endswith("bytes, uploaded")
    assert here.say[-1] == "site: 3 files, 0 uploaded, 0 deleted, 0 paths invalidated"


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
    assert here.say[-1] == "site: 3 files, 3 uploaded, 2 deleted, 3 paths invalidated"
    assert here.keys(after) == {"index.html", "über uns.html", "assets/app.ba9876543210.js"}
    assert here.invalidations(before) == [{"/", "/index.html", "/style.css"}]

    (site / "über uns.html").write_text("newer")
    here.deploy(settings)
    assert here.invalidations(before)[1] == {"/%C3%BCber%20uns.html"}
    assert UNFINISHED not in here.keys(after)


@pytest.mark.cloud
def test_only_the_template_changes(here: Cloud, make_settings: MakeSettings) -> None:
    here.deploy(make_settings())
    settings = make_settings(logs={"retention_days": 7})
    after = here.deploy(settings)
    assert after.changed
    assert here.status(settings) == "UPDATE_COMPLETE"
    logs = here.target.client("logs").describe_log_groups(logGroupNamePrefix=after.outputs[names.ROUTER_LOG_GROUP])
    assert [group["retentionInDays"] for group in logs["logGroups"]] == [7]
    assert here.say[-1].endswith("0 uploaded, 0 deleted, 0 paths invalidated")


@pytest.mark.cloud
def test_a_failed_creation_names_its_cause_and_a_plain_run_recovers(here: Cloud, make_settings: MakeSettings) -> None:
    """There is no such hosted zone, which CloudFormation finds out only while it makes the records."""
    domain = {"name": "example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
    settings = make_settings(domain=domain)
    with pytest.raises(StackError) as caught:
        here.deploy(settings)
    assert caught.value.where.startswith(f"stack {settings.stack.name}: Domain")
    assert "Z0123456789ABCDEFGHIJ" in caught.value.what
    assert here.status(settings) == "ROLLBACK_COMPLETE"
    assert not tables_of(here, settings)

    zone = here.target.client("route53").create_hosted_zone(Name="example.com", CallerReference=settings.stack.name)
    domain["hosted_zone"] = zone["HostedZone"]["Id"].rpartition("/")[2]
    after = here.deploy(make_settings(domain=domain))
    assert here.status(settings) == "CREATE_COMPLETE"
    assert after.outputs[names.SITE_URL] == "https://example.com"
    assert any("removing what is left" in line for line in here.say)


@pytest.mark.cloud
def test_a_failed_update_goes_back_and_the_next_deploy_goes_on(here: Cloud, make_settings: MakeSettings) -> None:
    before = here.deploy(make_settings())
    faulty = make_settings(domain={"name": "example.org", "hosted_zone": "Z0123456789ABCDEFGHIJ"})
    with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE"):
        here.deploy(faulty)
    after = here.deploy(make_settings(throttle={"burst": 78}))
    assert after.changed
    assert after.outputs == before.outputs


def tables_of(here: Cloud, settings: Settings) -> list[str]:
    tables = here.target.client("dynamodb").list_tables()["TableNames"]
    return [table for table in tables if table.startswith(settings.stack.name)]


@pytest.mark.cloud
def test_a_deploy_killed_before_it_executed_is_completed(here: Cloud, make_settings: MakeSettings) -> None:
    """A change set that nobody executed leaves a stack under review."""
    settings = make_settings()
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    here.target.client("cloudformation").create_change_set(
        StackName=settings.stack.name, ChangeSetName="abandoned", ChangeSetType="CREATE", TemplateBody=template
    )
    assert here.status(settings) == "REVIEW_IN_PROGRESS"
    here.deploy(settings)
    assert here.status(settings) == "CREATE_COMPLETE"


@pytest.mark.cloud
def test_a_site_that_is_wrong_is_said_before_anything_is_made(
    here: Cloud, make_settings: MakeSettings, site: Path
) -> None:
    (site / "index.html").unlink()
    settings = make_settings()
    with pytest.raises(ResumeError):
        here.deploy(settings)
    assert artifact_stack(settings, here.target, here.say).read().status == ""


def test_the_template_is_written_as_it_is_deployed(make_settings: MakeSettings, tmp_path: Path) -> None:
    text = write_template(make_settings(), tmp_path / "output")
    assert (tmp_path / "output/template.json").read_text(encoding="utf-8") == text
