"""The faulty network: each fault behaves as named, as seen by the router's own DynamoDB client."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from local_cloud.chaos.network import NO_FAULTS, Conditions, NetworkFault, possible
from router import configuration
from router.aws import clients
from router.contract import tables
from tests.integration.faulty_proxy import faulty_proxy
from tests.router.dynamodb_server import DynamoDBServer, dynamodb_server
from tests.router.fake_dynamodb import VISITS

REFUSALS = {
    NetworkFault.THROTTLED: "ThrottlingException",
    NetworkFault.EXCEEDED: "ProvisionedThroughputExceededException",
    NetworkFault.SERVER_ERROR: "InternalServerError",
}
UNANSWERED = (NetworkFault.RESET, NetworkFault.LOST, NetworkFault.BROKEN, NetworkFault.DAMAGED)
APPLIED = {NetworkFault.LOST, NetworkFault.BROKEN, NetworkFault.DAMAGED}
ROW = {"id": {"S": "visit#one"}}


def variables(url: str) -> dict[str, str]:
    return {
        "CONNECTION_IDS_TABLE": "ConnectionIDs",
        "VISITOR_COUNT_TABLE": VISITS,
        "API_GATEWAY_MANAGEMENT_ENDPOINT": "http://127.0.0.1:1/live",
        "ALLOWED_ORIGINS": "",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL_DYNAMODB": url,
    }


@contextmanager
def behind(fault: NetworkFault) -> Iterator[tuple[Any, DynamoDBServer]]:
    """Return the router's client, whose every request meets this fault, and the server behind the proxy."""
    with dynamodb_server() as server, faulty_proxy(server.url, 1, Conditions(1.0, frozenset({fault}))) as proxy:
        with closing(clients.dynamodb(configuration.read(variables(proxy.url)), variables(proxy.url))) as client:
            yield client, server
        assert set(proxy.met) == {fault}


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
def test_a_refusal_is_that_of_dynamodb_and_nothing_is_applied(fault: NetworkFault) -> None:
    with behind(fault) as (client, server), pytest.raises(ClientError) as refused:
        client.put_item(TableName=VISITS, Item=ROW)
    assert refused.value.response["Error"]["Code"] == REFUSALS[fault]
    assert server.table.rows[VISITS] == {}


@pytest.mark.parametrize("fault", UNANSWERED, ids=lambda fault: fault.name)
def test_an_answer_that_is_none_and_whether_the_request_was_applied(fault: NetworkFault) -> None:
    with behind(fault) as (client, server), pytest.raises(HTTPClientError):
        client.put_item(TableName=VISITS, Item=ROW)
    assert bool(server.table.rows[VISITS]) is (fault in APPLIED)


def test_a_conflict_names_the_row_that_another_writer_has() -> None:
    update = {
        "TableName": VISITS,
        "Key": {"id": {"S": "visitorCount"}},
        "UpdateExpression": "ADD #number :more",
        "ExpressionAttributeNames": {"#number": "currentCount"},
        "ExpressionAttributeValues": {":more": {"N": "1"}},
    }
    with behind(NetworkFault.CONFLICT) as (client, server), pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[{"Update": update}, {"Update": update}])
    reasons: Any = refused.value.response
    assert [reason["Code"] for reason in reasons["CancellationReasons"]] == ["TransactionConflict", "None"]
    assert server.table.rows[VISITS] == {}


def test_while_many_arrive_the_transactions_of_new_visits_conflict_and_no_others() -> None:
    put: Any = {"Put": {"TableName": VISITS, "Item": ROW, "ConditionExpression": "attribute_not_exists(id)"}}
    update = tables.addition(VISITS, "visitorCount", "currentCount", 1)
    with dynamodb_server() as server, faulty_proxy(server.url, 1, NO_FAULTS) as proxy:
        proxy.contention = 1.0
        with closing(clients.dynamodb(configuration.read(variables(proxy.url)), variables(proxy.url))) as client:
            with pytest.raises(ClientError) as refused:
                client.transact_write_items(TransactItems=[put, update])
            reasons: Any = refused.value.response
            assert [reason["Code"] for reason in reasons["CancellationReasons"]] == ["TransactionConflict", "None"]
            client.transact_write_items(TransactItems=[update])
        assert server.table.rows[VISITS].keys() == {"visitorCount"}
        assert not proxy.met


def test_only_what_a_service_can_do_is_done_to_a_request() -> None:
    rng = random.Random(1)  # noqa: S311 - not for cryptography
    met = {Conditions(1.0).fault(operation, rng) for operation in ("PutItem", "") for _ in range(200)}
    assert NetworkFault.CONFLICT not in met
    assert possible("TransactWriteItems") == set(NetworkFault)
    assert Conditions(1.0, operations=frozenset({"DeleteItem"})).fault("PutItem", rng) is None
    assert Conditions(0.0).fault("PutItem", rng) is None
