"""How long the client waits, and that waiting costs no CPU: with servers that do not respond."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

import pytest

from router.aws.endpoint import Endpoint
from router.aws.http_client import UNTIL_RESPONSE, HttpClient, Request, Wait
from router.aws.http_response import Response
from tests.router.aws.test_http_client import CLOSING, POST, client_of, send
from tests.router.scripted_server import HANG, OK, scripted_server

if TYPE_CHECKING:
    from router.errors import ExchangeError


def timed(client: HttpClient, *starts: float) -> list[tuple[str, float]]:
    """Send a request at each time. Return each answer and the seconds until it, in order of arrival."""
    answers: list[tuple[str, float]] = []
    began, left = time.monotonic(), list(reversed(starts))

    def answered(answer: Response | ExchangeError) -> None:
        text = answer.body.decode() if isinstance(answer, Response) else str(answer)
        answers.append((text, time.monotonic() - began))

    def source() -> Request | Wait:
        if not left:
            return UNTIL_RESPONSE
        wait = began + left[-1] - time.monotonic()
        if wait > 0:
            return Wait(wait)
        left.pop()
        return Request(POST, answered)

    client.run(source)
    return answers


def test_a_source_may_begin_with_a_pause() -> None:
    with scripted_server() as server, client_of(server.url) as client:
        ((answer, seconds),) = timed(client, 0.05)
    assert answer == "ok"
    assert 0.05 <= seconds < 2


def test_a_connection_is_opened_at_once_if_all_others_are_in_use() -> None:
    with scripted_server([HANG], [OK]) as server, client_of(server.url, timeout=2) as client:
        (first, seconds), (second, _) = timed(client, 0, 0)
    assert (first, second) == ("ok", "timed out")
    assert seconds < 0.7


def test_each_request_has_a_timeout_of_its_own() -> None:
    with scripted_server([HANG], [HANG]) as server, client_of(server.url, timeout=1) as client:
        (_, first), (_, second) = timed(client, 0, 0.5)
    assert 1.0 <= first < 1.4
    assert 1.5 <= second < 2.5


@pytest.mark.parametrize(("connections", "requests"), [(1, 1), (4, 1), (1, 2)])
def test_waiting_costs_no_cpu(connections: int, requests: int) -> None:
    with (
        scripted_server([HANG], [OK]) as server,
        client_of(server.url, timeout=0.5, max_connections=connections) as client,
    ):
        before = time.process_time()
        assert send(client, requests)[0] == "timed out"
        assert time.process_time() - before < 0.25


def test_the_number_of_connections_follows_the_measured_latency() -> None:
    """The limit is asked again when the latency is known, and after every 32 requests on open connections."""
    latencies: list[float] = []
    requests = [Request(POST, lambda _: None) for _ in range(100)]

    def limit(latency: float) -> int:
        latencies.append(latency)
        return 1 if not latency else 3

    with scripted_server() as server, client_of(server.url, max_connections=10) as client:
        client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE, limit)
        assert 1 <= server.connections <= 3
        assert len(server.requests) == 100
    assert latencies[0] == 0.0
    assert len(latencies) == 2 + (100 - server.connections - 1) // 32
    assert all(0 < latency < 5 for latency in latencies[1:])


def test_the_limit_of_a_run_ends_with_it() -> None:
    with scripted_server([HANG], [HANG], [OK]) as server, client_of(server.url, timeout=0.2) as client:
        one = [Request(POST, lambda _: None)]
        client.run(lambda: one.pop() if one else UNTIL_RESPONSE, lambda _: 1)
        send(client, 2)
        assert server.connections == 3


def test_the_addresses_of_an_endpoint_are_used_in_turn() -> None:
    """A connection that is closed after each response needs another one for each request."""

    class Several:
        """An endpoint with the addresses of four servers."""

        def __init__(self, urls: list[str]) -> None:
            self.one = Endpoint.of(urls[0])
            self.found = [Endpoint.of(url).addresses()[0] for url in urls]

        def __getattr__(self, name: str) -> Any:
            return getattr(self.one, name)

        def addresses(self) -> list[Any]:
            return self.found

    with ExitStack() as stack:
        servers = [stack.enter_context(scripted_server([CLOSING], [CLOSING])) for _ in range(4)]
        endpoint = cast("Endpoint", Several([server.url for server in servers]))
        client = HttpClient(endpoint, max_connections=1, timeout=5, clock=time.time)
        stack.callback(client.close)
        assert send(client, 8) == ["ok"] * 8
        assert [len(server.requests) for server in servers] == [2, 2, 2, 2]
