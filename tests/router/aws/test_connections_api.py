"""The transport with a real server: the requests, and the results of the responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import configuration
from router.aws import clients
from router.aws.connections_api import (
    CLOSE,
    FIRST_CONNECTIONS,
    OPENING_SECONDS,
    POST_SECONDS,
    ConnectionsTransport,
    Delivery,
    Post,
    cheapest_connections,
    cpu_share,
)
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


@pytest.mark.parametrize(
    ("posts", "latency", "share", "connections"),
    [
        (10_000, 0.0, 0.29, 8),  # unknown
        (1, 0.02, 0.29, 8),
        (1_000, 0.02, 0.29, 59),
        (10_000, 0.02, 0.29, 100),
        (10_000, 0.02, 1.0, 277),
        (10_000, 0.001, 0.29, 8),  # the CPU is the bottleneck
    ],
)
def test_the_cheapest_number_of_connections(posts: int, latency: float, share: float, connections: int) -> None:
    assert cheapest_connections(posts, latency, share) == connections


@given(
    posts=st.integers(1_000, 1_000_000), latency=st.floats(0.001, 1.0), share=st.floats(0.07, 1.0), other=st.integers()
)
def test_no_other_number_of_connections_is_cheaper(posts: int, latency: float, share: float, other: int) -> None:
    def seconds(connections: int) -> float:
        return max(posts * latency / connections, (posts * POST_SECONDS + connections * OPENING_SECONDS) / share)

    other = FIRST_CONNECTIONS + abs(other) % 10_000
    assert seconds(cheapest_connections(posts, latency, share)) <= seconds(other) * 1.1  # whole connections


def test_the_share_of_a_cpu() -> None:
    assert cpu_share(512) == pytest.approx(0.289, abs=0.001)
    assert cpu_share(3008) == 1.0


def test_no_server(transport: ConnectionsTransport, server: ConnectionsServer) -> None:
    server.shutdown()
    server.server_close()
    assert post(transport) == Delivery(Outcome.FAILED, "ConnectionRefusedError")
