"""Who may speak to the emulator: by its rules, and for real."""

from __future__ import annotations

import asyncio
import http.client
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.access import KEY_HEADER, Access, new_key
from local_cloud.background import in_background
from local_cloud.emulator import Emulator
from local_cloud.ministack.distribution import joined
from local_cloud.ministack.guard import Guard, guarded, unshared
from tests.local_cloud.test_emulator import client, make_table, with_emulator

KEY, PORT = "the-key", 4566
HERE = f"127.0.0.1:{PORT}"
GUARD = Guard(KEY.encode(), PORT)
DISTRIBUTION = "d1.cloudfront.net"


def refusal(kind: str = "http", path: str = "/", **headers: str) -> str:
    named = {"host": HERE, KEY_HEADER: KEY, **headers}
    raw = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in named.items() if value != "-"]
    return GUARD.refusal({"type": kind, "path": path, "headers": raw})


def test_this_runs_requests_and_sockets_pass() -> None:
    assert refusal() == ""
    assert refusal("websocket", "/_aws/execute-api/abc/live", origin="http://localhost:8080") == ""
    assert refusal(host=DISTRIBUTION) == ""


@pytest.mark.parametrize("key", ["-", "", "the-ke", "the-key ", "THE-KEY", "the-keyy", "local"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_another_key_or_none_is_refused(kind: str, key: str) -> None:
    assert refusal(kind, **{KEY_HEADER: key}) == "without this run's key"


@pytest.mark.parametrize(
    "host", ["-", "", "localhost:4566", "127.0.0.1", "127.0.0.1:1", "evil.example:4566", "s3.amazonaws.com", "a.b:4566"]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_host_is_refused_even_with_the_key(kind: str, host: str) -> None:
    assert refusal(kind, host=host) == "another Host"


@pytest.mark.parametrize("host", [f"x.{DISTRIBUTION}", f"{DISTRIBUTION}:4566", f"{DISTRIBUTION}.evil.example"])
def test_what_only_looks_like_a_distribution_is_refused(host: str) -> None:
    assert refusal(host=host) == "another Host"


def test_a_distribution_has_no_sockets() -> None:
    assert refusal("websocket", host=DISTRIBUTION) == "another Host"


@pytest.mark.parametrize("header", ["origin", "sec_fetch_site", "sec_fetch_mode", "sec_fetch_dest"])
@pytest.mark.parametrize("host", [HERE, DISTRIBUTION])
def test_a_browser_is_refused_even_with_the_key(header: str, host: str) -> None:
    assert refusal(**{header: "null", "host": host}) == "from a browser"
    assert refusal("websocket", sec_fetch_site="same-origin") == "from a browser"


@pytest.mark.parametrize(
    "path", ["/_ministack/reset", "//_ministack/reset", "/_ministack", "/_localstack/health", "/health", "/_ministack/"]
)
def test_the_emulators_own_paths_are_off_for_all_but_viewers_to_whom_they_are_files(path: str) -> None:
    assert refusal(path=path) == "for the emulator itself"
    assert refusal(path=path, host=DISTRIBUTION) == ""


def test_twice_a_key_or_a_host_is_refused() -> None:
    for name, value in ((b"host", HERE.encode()), (KEY_HEADER.lower().encode(), KEY.encode())):
        headers = [(b"host", HERE.encode()), (KEY_HEADER.lower().encode(), KEY.encode()), (name, value)]
        assert GUARD.refusal({"type": "http", "path": "/", "headers": headers})


@given(st.lists(st.tuples(st.sampled_from([b"host", b"origin", KEY_HEADER.lower().encode()]), st.binary())))
def test_nothing_passes_by_chance(headers: list[tuple[bytes, bytes]]) -> None:
    assert GUARD.refusal({"type": "http", "path": "/", "headers": headers})


def test_the_key_goes_no_further_and_no_answer_is_shared() -> None:
    seen: list[Any] = []
    sent: list[Any] = []

    async def cloud(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])
        headers = [(b"Access-Control-Allow-Origin", b"*"), (b"x", b"y")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", HERE.encode()), (KEY_HEADER.lower().encode(), KEY.encode()), (b"a", b"b")]
    scope = {"type": "http", "path": "/", "headers": headers}
    asyncio.run(guarded(unshared(cloud), GUARD, lambda _: None)(scope, None, send))
    assert seen == [(b"host", HERE.encode()), (b"a", b"b")]
    assert sent[0]["headers"] == [(b"x", b"y")]


def test_a_key_is_long_another_each_time_and_not_shown() -> None:
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert min(map(len, keys)) >= 43
    assert KEY not in repr(Access("http://127.0.0.1:1", KEY))
    assert KEY not in repr(GUARD)


def test_repeated_headers_are_one() -> None:
    assert joined([(b"A", b"1"), (b"a", b"2"), (b"cookie", b"b=1"), (b"cookie", b"c=2")]) == {
        "a": "1, 2",
        "cookie": "b=1; c=2",
    }


def ask(access: Access, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    where = urlsplit(access.endpoint_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    said = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return said


def in_emulator(folder: Path, act: Callable[[Emulator], None]) -> None:
    async def main(running: Emulator) -> None:
        await in_background(lambda: act(running))

    with_emulator(folder, main)


def test_a_running_emulator_answers_to_its_run_alone(tmp_path: Path) -> None:
    def act(running: Emulator) -> None:
        make_table(running.access)
        refused = ask(running.access, "/")
        assert refused[0] == 403
        assert not [name for name in refused[1] if name.startswith("access-control-")]
        allowed = ask(running.access, "/", **running.access.headers)
        assert allowed[0] == 200  # S3's list of buckets
        assert not [name for name in allowed[1] if name.startswith("access-control-")]
        other = Access(running.access.endpoint_url, new_key())
        with pytest.raises(client(other, "dynamodb").exceptions.ClientError):
            client(other, "dynamodb").list_tables()
        assert client(running.access, "dynamodb").list_tables()["TableNames"]

    in_emulator(tmp_path, act)


def test_without_a_distribution_a_viewer_meets_no_api(tmp_path: Path) -> None:
    def act(running: Emulator) -> None:
        for path in (
            "/",
            "/?Action=ListStacks&Version=2010-05-15",
            "/health",
            "/_ministack/health",
            "/v2/email/identities",
        ):
            status, _, body = ask(running.access, path, Host="d1.cloudfront.net", **running.access.headers)
            assert (status, body) == (503, b"There is no such distribution.\n"), path

    in_emulator(tmp_path, act)


def test_a_socket_needs_the_key(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f"{running.access.endpoint_url}/_aws/execute-api/abc/live")
        assert refused.value.status == 403

    with_emulator(tmp_path, act)


def test_the_key_is_in_no_command_line_and_no_file(tmp_path: Path) -> None:
    def act(running: Emulator) -> None:
        key = running.access.key.encode()
        make_table(running.access)
        assert key not in Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
        assert key in Path(f"/proc/{running.process.pid}/environ").read_bytes()
        assert Path(f"/proc/{running.process.pid}/environ").stat().st_mode & 0o077 == 0
        for folder, _, names in os.walk(tmp_path):
            for path in (Path(folder, name) for name in names):
                assert key not in path.read_bytes(), path
                assert path.stat().st_mode & 0o077 == 0, path
        assert tmp_path.stat().st_mode & 0o077 == 0

    in_emulator(tmp_path, act)
