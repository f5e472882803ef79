"""What `status` shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment import Target, deploy, status
from deployment.emulated import parameters
from deployment.status import visitor_count
from errors import CloudError, StackError
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines


@pytest.mark.cloud
def test_the_state_the_outputs_and_the_count(
    cloud: Target, output: Path, say: Lines, make_settings: MakeSettings
) -> None:
    settings = make_settings()
    told = parameters(cloud.endpoint_url)
    outputs = deploy(settings, cloud, output=output, parameters=told, say=say).outputs
    cloud.client("dynamodb").put_item(
        TableName=outputs[names.VISITOR_COUNTS_TABLE],
        Item={"id": {"S": "visitorCount"}, "currentCount": {"N": "1234"}},
    )
    say.clear()
    status(settings, cloud, say)
    assert say[0].startswith(f"{settings.stack.name} in us-east-1: CREATE_COMPLETE, last changed 20")
    assert f"  {'SiteUrl':<22} {outputs[names.SITE_URL]}" in say
    assert say[-1] == "  visits counted         1,234"


@pytest.mark.cloud
def test_no_stack_says_what_to_do(cloud: Target, say: Lines, make_settings: MakeSettings) -> None:
    with pytest.raises(StackError, match=r"there is none in us-east-1\n  next: .*build\.py deploy"):
        status(make_settings(), cloud, say)


def test_a_table_without_a_count_has_none(aws: Target) -> None:
    aws.client("dynamodb").create_table(
        TableName="counts",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert visitor_count("counts", aws) == 0


def test_a_table_that_was_deleted_by_hand_is_named(aws: Target) -> None:
    with pytest.raises(CloudError, match="table counts"):
        visitor_count("counts", aws)
