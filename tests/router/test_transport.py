"""The real client against a real server: what goes over the wire, and what becomes of each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from router import clients, configuration
from router.transport import BotocoreTransport, Delivery, Outcome
from tests.router.rig import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.router.connections_server import ConnectionsServer

ODD_ID = "Cc1lwfT9FiACE+w/7A="


def transport_to(url: str) -> BotocoreTransport:
    return BotocoreTransport(
        clients.management(configuration.read({**ENVIRONMENT, "API_GATEWAY_MANAGEMENT_ENDPOINT": url}))
    )


@pytest.fixture(scope="module", autouse=True)
def credentials() -> Iterator[None]:
    """For the module, because the session, slow to make, is shared as it is in Lambda."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "example")
        clients._session.cache_clear()
        yield
        clients._session.cache_clear()


@pytest.fixture
def transport(server: ConnectionsServer) -> Iterator[BotocoreTransport]:
    made = transport_to(server.url)
    yield made
    made.client.close()


def test_a_message_arrives_with_an_odd_connection_id_escaped(
    transport: BotocoreTransport, server: ConnectionsServer
) -> None:
    assert transport.post(ODD_ID, b'{"count":1}') == Delivery(Outcome.DELIVERED)
    assert server.received == [("/live/@connections/Cc1lwfT9FiACE%2Bw%2F7A%3D", ODD_ID, b'{"count":1}')]


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
def test_answers(transport: BotocoreTransport, server: ConnectionsServer, status: int, delivery: Delivery) -> None:
    server.statuses[ODD_ID] = status
    assert transport.post(ODD_ID, b"{}") == delivery
    assert len(server.received) == 1, "one post is one request: retrying is the fan-out's"


def test_nobody_there(transport: BotocoreTransport, server: ConnectionsServer) -> None:
    server.shutdown()
    server.server_close()
    transport.client.close()
    unreachable = transport_to(server.url)
    assert unreachable.post(ODD_ID, b"{}") == Delivery(Outcome.FAILED, "EndpointConnectionError")
    unreachable.client.close()
