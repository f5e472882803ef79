"""The count, end to end: exact with many WebSockets at once, unchanged for repeated visits, and preserved by a kill
-9."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud
VISITS = [f"visit-{number:04}" for number in range(200)]


async def all_see_200(readers: list[Reader]) -> None:
    for reader in readers:
        await reader.until_count(200)
    assert all(message["count"] <= 200 for reader in readers for message in reader.messages)


async def both_see_202(readers: list[Reader]) -> None:
    for reader in readers:
        await reader.until_count(202)
        assert reader.messages[-1]["online"] >= 2  # and those before, whose $disconnect is still under way


async def hello_says_200(readers: list[Reader]) -> None:
    for reader in readers:
        assert await reader.hello() == 200


def test_200_visits_are_200_on_every_page_and_stay_200(project: Path) -> None:
    first = LocalSystem(project).ready()
    try:
        with_readers(first.socket_url, VISITS, all_see_200)
        with_readers(first.socket_url, VISITS, hello_says_200)
    finally:
        first.end(signal.SIGKILL)
    wait_until(lambda: not first.processes(), "the emulator has followed its killed parent")

    second = LocalSystem(project, port=first.port).ready()
    try:
        with_readers(second.socket_url, VISITS[:3], hello_says_200)
        with_readers(second.socket_url, ["visit-0200", "visit-0201"], both_see_202)
    finally:
        assert second.end() in (0, 130)
    wait_until(lambda: not second.processes(), "nothing is left behind")


async def a_flood_ends_its_own_socket_only(readers: list[Reader]) -> None:
    flooder, page = readers
    for _ in range(60):
        if flooder.closed_with is None:
            with suppress(ConnectionError):
                await flooder.socket.send_str("x" * 1000)
    await flooder.until(lambda reader: reader.closed_with is not None)
    assert await page.hello() == 2
    assert page.closed_with is None


def test_a_socket_that_floods_is_closed(project: Path) -> None:
    system = LocalSystem(project).ready()
    try:
        with_readers(system.socket_url, ["visit-flooder", "visit-of-a-page"], a_flood_ends_its_own_socket_only)
    finally:
        assert system.end() in (0, 130)
