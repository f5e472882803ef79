"""The client with real servers: keep-alive, retries, timeouts and TLS."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks import certificates
from router.aws.endpoint import Endpoint
from router.aws.http_client import UNTIL_RESPONSE, HttpClient, Request, Wait
from router.aws.http_response import Response
from router.errors import ExchangeError
from tests.router.scripted_server import HANG, OK, scripted_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nhi"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the paths of the CA certificate and the server certificate."""
    return certificates.write(tmp_path_factory.mktemp("certificates"))


@contextmanager
def client_of(
    url: str, *, max_connections: int = 4, timeout: float = 5, bundle: Path | None = None
) -> Iterator[HttpClient]:
    endpoint = Endpoint.of(url, {"AWS_CA_BUNDLE": str(bundle)} if bundle else {})
    client = HttpClient(endpoint, max_connections=max_connections, timeout=timeout, clock=time.time)
    yield client
    client.close()


def send(client: HttpClient, number: int = 1, data: bytes = POST) -> list[str]:
    """Send requests and return the body or the error of each."""
    answers: list[Response | ExchangeError] = []
    requests = [Request(data, answers.append) for _ in range(number)]
    client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE)
    return [str(answer) if isinstance(answer, ExchangeError) else answer.body.decode() for answer in answers]


def test_a_connection_is_kept_from_run_to_run() -> None:
    with scripted_server() as server, client_of(server.url) as client:
        assert [send(client), send(client), send(client)] == [["ok"]] * 3
        assert server.connections == 1
        assert server.requests == [POST] * 3


def test_many_requests_share_a_bounded_number_of_connections() -> None:
    with scripted_server() as server, client_of(server.url, max_connections=3) as client:
        assert send(client, 200) == ["ok"] * 200
        assert 1 <= server.connections <= 3


def test_requests_in_flight_have_separate_connections() -> None:
    with (
        scripted_server([HANG], [HANG], [OK]) as server,
        client_of(server.url, max_connections=3, timeout=0.2) as client,
    ):
        assert sorted(send(client, 3)) == ["ok", "timed out", "timed out"]
        assert server.connections == 3


def test_over_tls(authority: tuple[Path, Path]) -> None:
    trusted, certificate = authority
    with scripted_server(certificate=certificate) as server, client_of(server.url, bundle=trusted) as client:
        assert send(client, 50, POST) == ["ok"] * 50
        assert send(client) == ["ok"]
        large = POST.replace(b"content-length: 2", b"content-length: 1000000").replace(b"hi", b"x" * 1_000_000)
        assert send(client, 2, large) == ["ok"] * 2


def test_an_untrusted_server_receives_no_request(authority: tuple[Path, Path]) -> None:
    trusted, certificate = authority
    with scripted_server(certificate=certificate) as server:
        with client_of(server.url) as client:  # the default CAs
            assert send(client) == ["SSLCertVerificationError"]
        with client_of(server.url.replace("127.0.0.1", "127.0.0.2"), bundle=trusted) as client:
            assert send(client)[0] in {"SSLCertVerificationError", "ConnectionRefusedError"}
        assert server.requests == []


def test_a_root_outside_the_shipped_ones_is_trusted_with_all_of_them(authority: tuple[Path, Path]) -> None:
    """A request whose server the few roots do not verify is sent again with all, and so are all after it."""
    trusted, certificate = authority
    with scripted_server(certificate=certificate) as server:
        endpoint = Endpoint.of(server.url, {"AWS_CA_BUNDLE": str(trusted)})
        few = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        vars(endpoint)["tls"] = few
        client = HttpClient(endpoint, max_connections=4, timeout=5, clock=time.time)
        assert send(client, 3) == ["ok"] * 3
        assert server.requests == [POST] * 3
        connections = server.connections
        assert send(client) == ["ok"]
        assert server.connections == connections
        client.close()


def test_a_tls_connection_may_be_closed_without_notice(authority: tuple[Path, Path]) -> None:
    trusted, certificate = authority
    with scripted_server([b""], certificate=certificate) as server, client_of(server.url, bundle=trusted) as client:
        assert send(client) == ["closed"]


def test_a_connection_with_close_is_not_reused() -> None:
    with scripted_server([CLOSING], [CLOSING]) as server, client_of(server.url) as client:
        assert [send(client), send(client), send(client)] == [["ok"]] * 3
        assert server.connections == 3


def test_a_connection_closed_while_idle_is_replaced() -> None:
    with scripted_server([OK]) as server, client_of(server.url) as client:
        assert send(client) == ["ok"]
        server.closed.acquire()
        assert send(client) == ["ok"]
        assert server.connections == 2


def test_a_request_lost_on_a_reused_connection_is_retried_once() -> None:
    """The server reads the request and closes the connection without a response."""
    with scripted_server([OK, b""], [b""]) as server, client_of(server.url) as client:
        assert send(client) == ["ok"]
        assert send(client) == ["closed"]
        assert len(server.requests) == 3
        assert send(client) == ["ok"]


def test_a_request_lost_on_a_new_connection_is_not_retried() -> None:
    with scripted_server([b""]) as server, client_of(server.url) as client:
        assert send(client) == ["closed"]
        assert len(server.requests) == 1


def test_a_partly_answered_request_is_not_retried() -> None:
    with scripted_server([OK, b"HTTP/1.1 200 OK\r\n"]) as server, client_of(server.url) as client:
        assert send(client) == ["ok"]
        assert send(client) == ["closed"]
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"junk\r\n\r\n", "malformed head"),
        (OK + b"junk", "data after the response"),
    ],
)
def test_an_invalid_response_is_an_error_and_closes_the_connection(answer: bytes, why: str) -> None:
    with scripted_server([answer, OK]) as server, client_of(server.url) as client:
        assert [send(client), send(client)] == [[why], ["ok"]]
        assert server.connections == 2


def test_no_server() -> None:
    with scripted_server() as server:
        url = server.url
    with client_of(url) as client:
        assert send(client, 3) == ["ConnectionRefusedError"] * 3
    with client_of("http://no..host") as client:
        # UnicodeEncodeError since Python 3.13
        answers = send(client, 2)
        assert len(answers) == 2
        assert set(answers) <= {"UnicodeError", "UnicodeEncodeError"}


def test_a_source_may_pause_and_go_on() -> None:
    answers: list[Response | ExchangeError] = []
    turns: list[Request | Wait] = [Request(POST, answers.append), Wait(0.01), Request(POST, answers.append)]
    with scripted_server() as server, client_of(server.url) as client:
        client.run(lambda: turns.pop() if turns else UNTIL_RESPONSE)
        assert len(answers) == len(server.requests) == 2


def test_a_request_after_a_pause_does_not_wait_for_one_in_flight() -> None:
    answers: list[str] = []

    def answered(answer: Response | ExchangeError) -> None:
        answers.append(str(answer) if isinstance(answer, ExchangeError) else answer.body.decode())

    turns: list[Request | Wait] = [Request(POST, answered), Wait(0.01), Request(POST, answered)]
    with scripted_server([HANG], [OK]) as server, client_of(server.url, timeout=1) as client:
        client.run(lambda: turns.pop() if turns else UNTIL_RESPONSE)
        assert answers == ["ok", "timed out"]


def test_a_stale_connection_closes_the_idle_ones() -> None:
    """Two connections are in use at once, then idle; the server closes the one that is used next."""
    closed: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        first, _ = listener.accept()
        first.recv(1000)
        second, _ = listener.accept()
        second.recv(1000)
        for connection in (first, second):
            connection.sendall(OK)
        used = select.select([first, second], [], [], 5)[0][0]
        used.recv(1000)
        used.close()
        third, _ = listener.accept()
        third.recv(1000)
        other = second if used is first else first
        closed.append(other.recv(1000))
        other.close()
        third.sendall(OK)
        third.recv(1000)
        third.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=[listener])
        thread.start()
        with client_of(f"http://127.0.0.1:{listener.getsockname()[1]}", max_connections=2) as client:
            assert send(client, 2) == ["ok", "ok"]
            assert send(client) == ["ok"]
        thread.join()
    assert closed == [b""]


def test_a_response_can_trigger_the_next_request() -> None:
    requests: list[Request] = []
    left = [5]

    def answered(_: Response | ExchangeError) -> None:
        left[0] -= 1
        if left[0]:
            requests.append(Request(POST, answered))

    requests.append(Request(POST, answered))
    with scripted_server() as server, client_of(server.url) as client:
        client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE)
        assert len(server.requests) == 5


def test_an_exception_of_the_source_leaves_the_client_usable() -> None:
    def broken(_: Response | ExchangeError) -> None:
        raise LookupError

    requests = [Request(POST, broken), Request(POST, broken)]
    with scripted_server() as server, client_of(server.url) as client:
        with pytest.raises(LookupError):
            client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE)
        assert send(client) == ["ok"]


def test_long_idle_connections_are_not_reused() -> None:
    now = [1000.0]
    with scripted_server() as server:
        client = HttpClient(Endpoint.of(server.url), max_connections=2, timeout=5, clock=lambda: now[0])
        assert send(client) == ["ok"]
        now[0] += 60
        assert send(client) == ["ok"]
        assert server.connections == 2
        client.close()
