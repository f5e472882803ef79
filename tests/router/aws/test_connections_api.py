"""The transport with a real server: the requests, and the results of the responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from router import configuration
from router.aws import clients
from router.aws.connections_api import CLOSE, ConnectionsTransport, Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.contract.log_values import Outcome
from tests.router.rig import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.router.connections_server import ConnectionsServer

ODD_ID = "Cc1lwfT9FiACE+w/7A="
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "token"}


class One:
    """A single post and its result."""

    number = 1

    def __init__(self, connection_id: str, data: bytes) -> None:
        self._posts = [Post(connection_id, data)]
        self.deliveries: list[Delivery] = []

    def next(self) -> Post | Wait:
        return self._posts.pop() if self._posts else UNTIL_RESPONSE

    def answered(self, _: Post, delivery: Delivery, /) -> None:
        self.deliveries.append(delivery)


def post(transport: ConnectionsTransport, data: bytes = b"{}") -> Delivery:
    one = One(ODD_ID, data)
    transport.run(one)
    (delivery,) = one.deliveries
    return delivery


@pytest.fixture
def transport(server: ConnectionsServer) -> Iterator[ConnectionsTransport]:
    environment = {**ENVIRONMENT, "API_GATEWAY_MANAGEMENT_ENDPOINT": server.url}
    made = clients.connections(configuration.read(environment), CREDENTIALS)
    yield made
    made.client.close()


def test_a_message_arrives_with_an_odd_connection_id_escaped(
    transport: ConnectionsTransport, server: ConnectionsServer
) -> None:
    assert post(transport, b'{"count":1}') == Delivery(Outcome.DELIVERED)
    assert server.received == [("/live/@connections/Cc1lwfT9FiACE%2Bw%2F7A%3D", ODD_ID, b'{"count":1}')]


def test_an_empty_message_closes_the_connection(transport: ConnectionsTransport, server: ConnectionsServer) -> None:
    assert post(transport, CLOSE) == Delivery(Outcome.DELIVERED)
    assert server.closed == [ODD_ID]
    assert server.received == []


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        (410, Delivery(Outcome.GONE, "GoneException")),
        (429, Delivery(Outcome.THROTTLED, "LimitExceededException")),
        (403, Delivery(Outcome.REFUSED, "ForbiddenException")),
        (500, Delivery(Outcome.FAILED, "InternalServerError")),
        (503, Delivery(Outcome.FAILED, "InternalServerError")),
    ],
)
def test_answers(transport: ConnectionsTransport, server: ConnectionsServer, status: int, delivery: Delivery) -> None:
    server.statuses[ODD_ID] = status
    assert post(transport) == delivery
    assert len(server.received) == 1, "one post is one request: the fan-out retries"


def test_no_server(transport: ConnectionsTransport, server: ConnectionsServer) -> None:
    server.shutdown()
    server.server_close()
    assert post(transport) == Delivery(Outcome.FAILED, "ConnectionRefusedError")
