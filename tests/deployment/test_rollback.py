"""The rollback to an earlier release, on a real emulator."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployment.plan.approval import Approval
from deployment.release import release as release_record
from deployment.release.restore import restore_site
from deployment.rollback import approve, plan_rollback, release_lines, releases, roll_back
from errors import CloudError, StackError, UsageError
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.deploys import Deploys
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud


@pytest.fixture
def two_releases(deploys: Deploys, make_settings: MakeSettings) -> Deploys:
    """Release one has another page and no retention of logs; release two is deployed."""
    deploys.deploy()
    (deploys.site / "index.html").write_text("<h1>Two</h1>")
    (deploys.site / "new.html").write_text("new")
    (deploys.site / "style.css").unlink()
    deploys.settings = make_settings(logs={"retention_days": 7})
    deploys.deploy()
    return deploys


def read(deploys: Deploys, key: str) -> bytes:
    (release, _), *_ = releases(deploys.settings, deploys.target)
    body: bytes = deploys.target.client("s3").get_object(Bucket=release.bucket, Key=key)["Body"].read()
    return body


def test_a_rollback_restores_template_code_and_site(two_releases: Deploys, say: Lines) -> None:
    deploys = two_releases
    settings, target = deploys.settings, deploys.target
    found = releases(settings, target)
    assert [deployed for _, deployed in found] == [True, False]
    assert release_lines(found)[0].endswith("4 files  deployed")

    planned = plan_rollback(settings, target, say)
    assert planned.release == found[1][0]
    assert [change.logical_id for change in planned.plan.main.changes if change.properties] != []
    assert (planned.plan.site.changed, planned.plan.site.new) == (("index.html",), ("style.css",))
    assert planned.plan.site.delete == ("new.html",)
    assert read(deploys, "index.html") == b"<h1>Two</h1>"

    roll_back(planned, target, say)
    assert read(deploys, "index.html").startswith(b"<h1>One")
    assert read(deploys, "style.css")
    assert [deployed for _, deployed in releases(settings, target)] == [True, False, False]
    assert deploys.release()[0]

    with pytest.raises(StackError, match="no earlier release is recorded"):
        plan_rollback(settings, target, say)
    returning = plan_rollback(settings, target, say, to=found[0][0].at)
    roll_back(returning, target, say)
    assert read(deploys, "index.html") == b"<h1>Two</h1>"
    assert not deploys.plan().unverified
    assert deploys.plan().empty


def test_a_plan_of_before_another_deploy_is_not_executed(two_releases: Deploys, say: Lines) -> None:
    settings, target = two_releases.settings, two_releases.target
    planned = plan_rollback(settings, target, say)
    two_releases.settings = replace(settings, logs=replace(settings.logs, retention_days=14))
    two_releases.deploy(test=False)
    with pytest.raises(StackError, match="it has changed since the plan was made; nothing was restored"):
        roll_back(planned, target, say)
    assert two_releases.plan().empty


def test_a_restoration_that_is_interrupted_is_invalidated_by_the_next_deploy(two_releases: Deploys) -> None:
    (_, _), (first, _) = releases(two_releases.settings, two_releases.target)
    with pytest.raises(CloudError):
        restore_site(first, "no-such-distribution", two_releases.target)
    assert two_releases.plan().site.invalidate == ("/*",)


def test_a_release_of_another_bucket_is_refused(two_releases: Deploys, say: Lines) -> None:
    settings, target = two_releases.settings, two_releases.target
    (latest, _), (first, _) = releases(settings, target)
    release_record.save(replace(first, at="2031", bucket="another"), latest.parameters[names.CODE_BUCKET], target)
    with pytest.raises(StackError, match="its site is in another, which the stack no longer has"):
        plan_rollback(settings, target, say, to="2031")


def test_a_rollback_that_is_refused_leaves_no_trace(two_releases: Deploys, say: Lines) -> None:
    planned = plan_rollback(two_releases.settings, two_releases.target, say)
    with pytest.raises(UsageError, match="not confirmed"):
        approve(planned, two_releases.target, Approval(lambda _: None, lambda: False), allow_data_loss=False)
    left = two_releases.target.client("cloudformation").list_change_sets(StackName=two_releases.settings.stack.name)
    assert [one for one in left["Summaries"] if one["ExecutionStatus"] == "AVAILABLE"] == []
    assert two_releases.plan().empty


def test_a_release_is_named_by_its_time(two_releases: Deploys, say: Lines) -> None:
    settings, target = two_releases.settings, two_releases.target
    first = releases(settings, target)[1][0]
    assert plan_rollback(settings, target, say, to=first.at).release == first
    for to, problem in (
        ("1999", "there is no release of 1999"),
        ("20", "there are 2 releases of 20"),
        (releases(settings, target)[0][0].at, "this release is deployed"),
    ):
        with pytest.raises(UsageError, match=problem):
            plan_rollback(settings, target, say, to=to)


def test_without_an_earlier_release_there_is_nothing_to_restore(deploys: Deploys, say: Lines) -> None:
    deploys.deploy()
    with pytest.raises(StackError, match="no earlier release is recorded"):
        plan_rollback(deploys.settings, deploys.target, say)


def test_an_expired_version_is_reported_before_any_change(two_releases: Deploys, say: Lines) -> None:
    settings, target = two_releases.settings, two_releases.target
    first = releases(settings, target)[1][0]
    gone = {"Bucket": first.bucket, "Key": "style.css", "VersionId": first.site["style.css"].version}
    target.client("s3").delete_object(**gone)
    with pytest.raises(StackError, match=r"style\.css: its version in the release of .* has expired"):
        plan_rollback(settings, target, say)
    assert two_releases.plan().empty


def test_a_record_of_another_format_is_ignored(two_releases: Deploys) -> None:
    settings, target = two_releases.settings, two_releases.target
    artifacts = releases(settings, target)[0][0].parameters[names.CODE_BUCKET]
    target.client("s3").put_object(Bucket=artifacts, Key=release_record.KEY, Body=b'{"format": 0}')
    assert len(releases(settings, target)) == 2
    assert two_releases.plan().unverified
