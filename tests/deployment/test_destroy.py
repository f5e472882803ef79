"""What goes and what stays, on a real emulator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deployment import Target, deploy, destroy
from deployment.artifacts import artifact_stack
from deployment.certificates import certificate_arn, certificate_stack
from deployment.destroy import describe
from deployment.emulated import parameters
from deployment.stack import Stack
from errors import StackError
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud


@pytest.fixture
def deployed(cloud: Target, output: Path, say: Lines, make_settings: MakeSettings, site: Path) -> Any:
    """Deploys twice, so that the bucket has old versions; returns the outputs."""

    def run(settings: Settings) -> Any:
        for content in ("one", "two"):
            (site / "index.html").write_text(content)
            (site / f"{content}.html").write_text(content)
            told = parameters(cloud.endpoint_url)
            outputs = deploy(settings, cloud, output=output, parameters=told, say=say).outputs
            (site / f"{content}.html").unlink()
        say.clear()
        return outputs

    return run


def there(cloud: Target, outputs: dict[str, str]) -> set[str]:
    """Which of the bucket and the tables exist."""
    buckets = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    tables = set(cloud.client("dynamodb").list_tables()["TableNames"])
    data = (names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE)
    return {name for name in data if outputs[name] in buckets | tables}


def gone(settings: Settings, cloud: Target) -> bool:
    stacks = (Stack(settings.stack.name, cloud, print), artifact_stack(settings, cloud, print))
    return all(stack.read().status == "" for stack in stacks)


def test_data_is_kept_and_named(cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings) -> None:
    settings = make_settings(keep=True)
    outputs = deployed(settings)
    assert "tables and site bucket: kept in your account" in describe(settings, cloud)
    destroy(settings, cloud, say)
    assert gone(settings, cloud)
    assert there(cloud, outputs) == {names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE}
    assert [line for line in say if line.startswith("kept")] == [
        f"kept: bucket {outputs[names.SITE_BUCKET_NAME]}",
        f"kept: table {outputs[names.VISITOR_COUNTS_TABLE]}",
        f"kept: table {outputs[names.CONNECTION_IDS_TABLE]}",
    ]


def test_data_goes_when_the_settings_say_so(
    cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings
) -> None:
    settings = make_settings(keep=False)
    outputs = deployed(settings)
    assert "tables and site bucket: DELETED, with the visitor count" in describe(settings, cloud)
    destroy(settings, cloud, say)
    assert gone(settings, cloud)
    assert there(cloud, outputs) == set()
    assert not any(line.startswith("kept") for line in say)


@pytest.mark.parametrize("keep", [True, False])
def test_settings_that_the_stack_does_not_know_yet_delete_nothing(
    cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings, keep: bool
) -> None:
    """CloudFormation would go by the template: the data would be lost, or stay with its bucket emptied."""
    settings = make_settings(keep=keep)
    outputs = deployed(settings)
    opposite = replace(settings, stack=replace(settings.stack, keep_data_on_destroy=not keep))
    for act in (lambda: describe(opposite, cloud), lambda: destroy(opposite, cloud, say)):
        with pytest.raises(StackError, match=f"keep_data_on_destroy is {str(not keep).lower()} now"):
            act()
    assert len(there(cloud, outputs)) == 3
    assert cloud.client("s3").list_objects_v2(Bucket=outputs[names.SITE_BUCKET_NAME])["KeyCount"] > 0


def test_to_destroy_nothing_is_fine_and_so_is_twice(cloud: Target, say: Lines, make_settings: MakeSettings) -> None:
    settings = make_settings()
    describe(settings, cloud)
    destroy(settings, cloud, say)
    destroy(settings, cloud, say)


def test_a_stack_under_review_goes_too(cloud: Target, say: Lines, make_settings: MakeSettings) -> None:
    settings = make_settings()
    for name in (settings.stack.name, f"{settings.stack.name}-artifacts"):
        cloud.client("cloudformation").create_change_set(
            StackName=name,
            ChangeSetName="abandoned",
            ChangeSetType="CREATE",
            TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
        )
    destroy(settings, cloud, say)
    assert gone(settings, cloud)


def test_the_certificate_of_a_domain_that_was_given_up_goes_too(
    cloud: Target, say: Lines, make_settings: MakeSettings
) -> None:
    with_domain = make_settings(domain={"name": "example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"})
    certificate_arn(with_domain, cloud, say)
    settings = make_settings()
    assert f"stack {settings.stack.name}-certificate: DELETED" in describe(settings, cloud)
    destroy(settings, cloud, say)
    assert certificate_stack(settings, cloud, say).read().status == ""
