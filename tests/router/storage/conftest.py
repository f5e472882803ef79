from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import botocore.session
import pytest
from moto import mock_aws

from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB
from tests.router.rig import store_over
from tests.table_definitions import connections_table, visits_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.storage.store import Store


@pytest.fixture(params=["fake", "moto"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "fake":
        yield store_over(FakeDynamoDB())
        return
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with mock_aws():
        client = cast("DynamoDBClient", botocore.session.get_session().create_client("dynamodb", "eu-central-1"))
        create_tables(client)
        yield store_over(client)
        client.close()


def create_tables(client: DynamoDBClient) -> None:
    client.create_table(**connections_table(CONNECTIONS))
    client.create_table(**visits_table(VISITS))
