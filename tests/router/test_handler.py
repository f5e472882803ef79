"""The function as Lambda starts it: a new process, the entry point, the real clients and their imports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.router.dynamodb_server import dynamodb_server
from tests.router.fake_dynamodb import VISITS
from tests.router.lambda_process import run
from tests.router.rig import recorded

if TYPE_CHECKING:
    from tests.router.connections_server import ConnectionsServer

SLOW = {"asyncio", "boto3", "botocore", "concurrent.futures", "http.client", "ssl", "urllib3", "uuid"}
"""Modules that are slow to import. Only https needs ssl, and only errors need botocore."""


def test_unknown_events_need_neither_environment_nor_clients() -> None:
    answers, lines, modules = run([{"odd": 1}, {"requestContext": {}}], CONNECTION_IDS_TABLE="")
    assert answers == [{"error": "unknown event"}, {"statusCode": 400}]
    assert [line["message"] for line in lines] == ["unknown_event"] * 2
    assert modules.isdisjoint(SLOW | {"router.aws.clients", "router.storage.store"})


def test_a_visit_over_real_sockets(server: ConnectionsServer) -> None:
    with dynamodb_server() as database:
        endpoints = {"API_GATEWAY_MANAGEMENT_ENDPOINT": server.url, "AWS_ENDPOINT_URL_DYNAMODB": database.url}
        answers, lines, modules = run([recorded("connect"), recorded("message")], **endpoints)
        assert answers == [{"statusCode": 200}, {"statusCode": 200}]
        assert [line["message"] for line in lines] == ["visit_recorded", "replied"]
        assert modules.isdisjoint(SLOW)
        answers, lines, _ = run([recorded("stream_visits")], **endpoints)
        assert (answers, lines[0]["message"]) == ([{"batchItemFailures": []}], "counted")
        run([{"Records": database.table.stream}], **endpoints)
    received = [json.loads(body) for _, _, body in server.received]
    assert received == [{"count": 1, "online": 1, "days": [*[0] * 29, 1]}], "nobody else is there to be told"


@pytest.mark.parametrize("lost", [1, 3])
def test_an_answer_lost_on_the_wire_counts_once(server: ConnectionsServer, lost: int) -> None:
    """After one lost response the client retries with the same token; after more, the visits are found counted."""
    with dynamodb_server() as database:
        endpoints = {"API_GATEWAY_MANAGEMENT_ENDPOINT": server.url, "AWS_ENDPOINT_URL_DYNAMODB": database.url}
        database.lose["TransactWriteItems"] = lost
        answers, lines, _ = run([recorded("connect"), recorded("stream_visits")], **endpoints)
        counts = database.table.rows[VISITS]["visitorCount"]["currentCount"]
    assert answers[1] == {"batchItemFailures": []}
    assert counts == {"N": "1"}
    assert lines[-1]["visits"] + lines[-1]["repeated"] == 2
