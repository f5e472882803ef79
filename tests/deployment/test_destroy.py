"""Deleted and retained resources, on a real emulator."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy
from deployment.destroy import DestroyPlan, describe, destroy, plan_destroy, with_policies
from deployment.domain.certificates import certificate_arn, certificate_stack
from deployment.package.artifacts import artifact_stack, template_url
from deployment.release.release import deployed_release
from deployment.stack import kept_data
from deployment.stack.stack import Stack
from errors import UsageError
from settings import Settings
from template_gen import names
from template_gen.serialization import as_text
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud


@pytest.fixture
def deployed(cloud: Target, output: Path, say: Lines, make_settings: MakeSettings, site: Path) -> Any:
    """Deploy twice, so that the bucket has old versions, and return the outputs."""

    def run(settings: Settings) -> Any:
        for content in ("one", "two"):
            (site / "index.html").write_text(content)
            (site / f"{content}.html").write_text(content)
            for_emulator = parameters(cloud.endpoint_url)
            outputs = deploy(settings, cloud, output=output, parameters=for_emulator, reporter=say).outputs
            (site / f"{content}.html").unlink()
        say.clear()
        return outputs

    return run


def there(cloud: Target, outputs: dict[str, str]) -> set[str]:
    """Return the existing ones of the bucket and the tables."""
    buckets = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    pages = cloud.client("dynamodb").get_paginator("list_tables").paginate()
    tables = {table for page in pages for table in page["TableNames"]}
    data = (names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE)
    return {name for name in data if outputs[name] in buckets | tables}


def gone(settings: Settings, cloud: Target) -> bool:
    stacks = (Stack(settings.stack.name, cloud), artifact_stack(settings, cloud))
    return all(stack.read().status == "" for stack in stacks)


def destroyed(settings: Settings, cloud: Target, say: Lines, *, delete_data: bool = False) -> DestroyPlan:
    plan = plan_destroy(settings, cloud, delete_data=delete_data)
    destroy(plan, settings, cloud, say)
    return plan


def test_data_is_retained_and_listed(cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings) -> None:
    settings = make_settings(keep=True)
    outputs = deployed(settings)
    plan = destroyed(settings, cloud, say)
    assert f"RETAIN  bucket {outputs[names.SITE_BUCKET_NAME]}" in describe(plan)
    assert gone(settings, cloud)
    assert there(cloud, outputs) == {names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE}
    assert [line for line in say if line.startswith("retained")] == [
        f"retained: bucket {outputs[names.SITE_BUCKET_NAME]}",
        f"retained: table {outputs[names.VISITOR_COUNTS_TABLE]}",
        f"retained: table {outputs[names.CONNECTION_IDS_TABLE]}",
    ]
    assert f"count export visits.json --table {outputs[names.VISITOR_COUNTS_TABLE]}" in "\n".join(say)
    again = plan_destroy(settings, cloud)
    assert again.nothing
    assert f"retained: table {outputs[names.VISITOR_COUNTS_TABLE]}" in describe(again)
    destroyed(settings, cloud, say, delete_data=True)
    assert there(cloud, outputs) == set()
    assert describe(plan_destroy(settings, cloud)) == [
        f"stack {settings.stack.name} does not exist in us-east-1: nothing to delete"
    ]


@pytest.mark.parametrize("keep", [False, True])
def test_data_is_deleted_if_the_settings_or_the_user_say_so(
    cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings, keep: bool
) -> None:
    settings = make_settings(keep=keep)
    outputs = deployed(settings)
    plan = destroyed(settings, cloud, say, delete_data=keep)
    assert f"DELETE  table {outputs[names.VISITOR_COUNTS_TABLE]} with the visitor count" in describe(plan)
    assert gone(settings, cloud)
    assert there(cloud, outputs) == set()
    assert not any(line.startswith("retained") for line in say)


def test_the_deletion_policy_is_changed_before_the_deletion(
    cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings
) -> None:
    """CloudFormation applies the template of the last deploy, which may differ from the present settings."""
    outputs = deployed(make_settings(keep=False))
    settings = make_settings(keep=True)
    assert destroyed(settings, cloud, say).set_deletion_policy
    assert f"stack {settings.stack.name}: deletion policy of the data set to RetainExceptOnCreate" in say
    assert gone(settings, cloud)
    assert len(there(cloud, outputs)) == 3


def test_templates_that_were_read_back_are_sent_in_ascii(
    cloud: Target, deployed: Any, say: Lines, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GetTemplate returns `?` for any other character, so that the next template read back would be a different one."""
    sent = []

    def recorded(text: str, bucket: str, target: Target) -> str:
        sent.append(text)
        return template_url(text, bucket, target)

    monkeypatch.setattr("deployment.destroy.template_url", recorded)
    settings = make_settings(tags={"Größe": "履歴書"})
    deployed(settings)
    main = Stack(settings.stack.name, cloud, say)
    release = deployed_release(main.read(), as_text(main.template()), cloud, datetime.now(UTC))
    assert destroyed(settings, cloud, say, delete_data=True).set_deletion_policy
    assert release is not None
    for text in (release.template, *sent):
        assert text.isascii()
        assert {"Key": "Größe", "Value": "履歴書"} in json.loads(text)["Resources"][names.ROUTER]["Properties"]["Tags"]
    assert len(sent) == 1


def test_only_the_deletion_policies_change() -> None:
    template = {"Resources": {names.SITE_BUCKET: {"Type": "x", "DeletionPolicy": "Delete"}, "Other": {"Type": "y"}}}
    assert with_policies(template, keep=True) == {
        "Resources": {
            names.SITE_BUCKET: {
                "Type": "x",
                "DeletionPolicy": "RetainExceptOnCreate",
                "Metadata": {"KeepDataOnDestroy": True},
            },
            "Other": {"Type": "y"},
        }
    }


def test_retained_data_is_found_by_its_name(cloud: Target) -> None:
    names_there = ["my-VisitorCounts-1ABC", "my-VisitorCounts", "my-env-VisitorCounts-1ABC", "My-VisitorCounts-1ABC"]
    for name in names_there:
        cloud.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    assert [one.name for one in kept_data.left_over("my", cloud)] == ["my-VisitorCounts-1ABC"]
    for name in names_there:
        kept_data.delete(kept_data.Data(names.VISITOR_COUNTS, name), cloud)
    kept_data.delete(kept_data.Data(names.VISITOR_COUNTS, "my-VisitorCounts-1ABC"), cloud)


def test_destroying_nothing_and_destroying_twice_succeed(
    cloud: Target, say: Lines, make_settings: MakeSettings
) -> None:
    settings = make_settings()
    for _ in range(2):
        destroyed(settings, cloud, say)
        assert gone(settings, cloud)


def test_a_stack_in_review_is_deleted(cloud: Target, say: Lines, make_settings: MakeSettings) -> None:
    settings = make_settings()
    for name in (settings.stack.name, f"{settings.stack.name}-artifacts"):
        cloud.client("cloudformation").create_change_set(
            StackName=name,
            ChangeSetName="abandoned",
            ChangeSetType="CREATE",
            TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
        )
    destroyed(settings, cloud, say)
    assert gone(settings, cloud)


def test_the_certificate_of_an_earlier_domain_is_deleted(
    cloud: Target, say: Lines, make_settings: MakeSettings
) -> None:
    with_domain = make_settings(domain={"name": f"{uuid.uuid4().hex}.example.com"})
    certificate_arn(with_domain, cloud, say)
    settings = make_settings()
    name = certificate_stack(with_domain, cloud, say).name
    assert f"DELETE  stack {name}" in describe(plan_destroy(settings, cloud))
    destroyed(settings, cloud, say)
    assert certificate_stack(with_domain, cloud, say).read().status == ""


def test_only_a_stack_whose_deletion_failed_is_deleted_by_force(cloud: Target, make_settings: MakeSettings) -> None:
    settings = make_settings(keep=False)
    with pytest.raises(UsageError, match="is not in DELETE_FAILED, but does not exist"):
        plan_destroy(settings, cloud, force=True)


def test_the_validation_record_that_cloudformation_leaves_is_named(
    cloud: Target, say: Lines, make_settings: MakeSettings
) -> None:
    settings = make_settings(domain={"name": f"{uuid.uuid4().hex}.example.com", "hosted_zone": "Z0123456789"})
    certificate_arn(settings, cloud, say)
    for expected in (1, 0):
        say.clear()
        destroyed(settings, cloud, say)
        assert sum("left in the hosted zone Z0123456789: the CNAME" in line for line in say) == expected
