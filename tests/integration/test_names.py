"""Counts by name, the first number of a visitor, who is here, and count.json, end to end."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from router.broadcasting.freshness import QUIET_SECONDS
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud
AT_MOST_SECONDS = 10
"""The next tick could take a minute."""


async def each_first_number_includes_its_reader(readers: list[Reader]) -> None:
    """The readers have arrived one after the other or together, so a number can be of any of them."""
    for reader in readers:
        await reader.socket.send_str('{"action":"hello"}')
    for reader in readers:
        await reader.until(lambda one: any("days" in message for message in one.messages))
        reply = next(message for message in reader.messages if "days" in message)
        assert 1 <= reply["count"] <= len(readers)
        assert reply["days"][-1] >= 1


async def blog_and_site_have_their_own(readers: list[Reader]) -> None:
    blog, site = readers
    await blog.socket.send_str('{"action":"hello"}')
    await site.socket.send_str('{"action":"hello"}')
    await blog.until(lambda one: bool(one.messages) and one.messages[-1]["count"] == 1)
    await site.until(lambda one: bool(one.messages) and one.messages[-1]["count"] == 5)


async def who_stays_is_told_of_who_leaves(readers: list[Reader]) -> None:
    staying, leaving = readers
    await staying.until(lambda one: any(message.get("online", 0) >= 2 for message in one.messages))
    await asyncio.sleep(QUIET_SECONDS + 1)
    left = time.monotonic()
    await leaving.socket.close()
    await staying.until(lambda one: one.messages[-1].get("online") == 1)
    assert time.monotonic() - left < AT_MOST_SECONDS


def count_json(system: LocalSystem) -> dict[str, Any]:
    with urlopen(f"{system.url}/count.json", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        content: dict[str, Any] = json.loads(answer.read())
    return content


def test_names_and_the_first_number(project: Path) -> None:
    settings = project / "settings.toml"
    settings.write_text(settings.read_text().replace("names = [] ", 'names = ["blog"] '))
    system = LocalSystem(project).ready()
    try:
        first = [f"visit-{number:04}" for number in range(4)]
        with_readers(system.socket_url, first[:1], each_first_number_includes_its_reader)
        with_readers(system.socket_url, first, each_first_number_includes_its_reader)
        with_readers(system.socket_url, ["visit-0009&name=blog", "visit-0001&name=other"], blog_and_site_have_their_own)
        with_readers(system.socket_url, ["visit-0011", "visit-0012"], who_stays_is_told_of_who_leaves)
        content = count_json(system)
        assert content.keys() == {"count", "at", "names"}
        assert content["names"].keys() == {"blog"}
    finally:
        assert system.end() in (0, 130)
    wait_until(lambda: not system.processes(), "nothing is left behind")
