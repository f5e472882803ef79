"""The steps of a tiny budget end to end: sockets are refused and closed, the page stays, the count is exact, and it
comes back."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import aiohttp
import pytest

from router.contract.ticks import EVENT as TICK
from tests.integration.sockets import Reader
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud
MONTH = 24
DOLLARS = 0.001
CROWD = 60


class Budgeted:
    """A system with a budget. function: the name of the router's function."""

    def __init__(self, project: Path) -> None:
        settings = project / "settings.toml"
        text = settings.read_text().replace("dollars_a_month = 5 ", f"dollars_a_month = {DOLLARS} ")
        settings.write_text(text.replace("replies_per_connection = 10 ", "replies_per_connection = 0 "))
        self.system = LocalSystem(project, "--budget-month", str(MONTH)).ready()

    def tick(self) -> None:
        """Invoke the router as the schedule does; it would take a minute."""
        with self.system.clients() as client:
            functions = client("lambda")
            (name,) = (one["FunctionName"] for one in functions.list_functions()["Functions"])
            assert "errorMessage" not in json.loads(
                functions.invoke(FunctionName=name, Payload=json.dumps(TICK).encode())["Payload"].read()
            )

    def stage(self) -> dict[str, Any]:
        """Return the throttles of the stage by route."""
        with self.system.clients() as client:
            apis = client("apigatewayv2")
            (api,) = apis.get_apis()["Items"]
            routes: dict[str, Any] = apis.get_stage(ApiId=api["ApiId"], StageName="live")["RouteSettings"]
            return routes

    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(urlopen(f"{self.system.url}/count.json").read())
        return content

    async def crowd(self) -> tuple[list[Reader], int]:
        """Open sockets one after the other; return those that were admitted, and how many were refused."""
        readers, refused = [], 0
        async with aiohttp.ClientSession() as session:
            for number in range(CROWD):
                try:
                    reader = await Reader(session, self.system.socket_url, f"crowd-{number:06}").__aenter__()
                except aiohttp.WSServerHandshakeError as error:
                    refused += error.status == 429
                    if refused == 3:
                        break
                    continue
                readers.append(reader)
            await asyncio.to_thread(self.tick)
            content = self.json()
            assert content["live"] is False, content
            await self.talk(readers)
        return readers, refused

    async def talk(self, readers: list[Reader]) -> None:
        """Send messages until the budget is closed, and every socket with it."""
        while "budget: closed" not in self.system.output:
            # A tick of the schedule may close sockets before its line is printed.
            with suppress(aiohttp.ClientConnectionResetError):
                await asyncio.gather(*(reader.socket.send_str("{}") for reader in readers for _ in range(5)))
            await asyncio.sleep(0.2)
        await asyncio.to_thread(self.tick)
        for reader in readers:
            await reader.until(lambda one: one.closed_with is not None)


def test_a_tiny_budget_is_kept_and_comes_back(project: Path) -> None:
    budgeted = Budgeted(project)
    system = budgeted.system
    try:
        time.sleep(MONTH - time.time() % MONTH)
        budgeted.tick()
        readers, refused = asyncio.run(budgeted.crowd())
        assert (len(readers) < CROWD, refused) == (True, 3)
        assert budgeted.stage()["$connect"] == {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
        assert urlopen(system.url).status == 200, "the page stays"
        time.sleep(MONTH - time.time() % MONTH)
        budgeted.tick()
        system.wait_for("budget: open")
        assert budgeted.stage()["$connect"]["ThrottlingBurstLimit"] > 0
        asyncio.run(comes_back(system.socket_url, len(readers) + 1))
        wait_until(lambda: "live" not in budgeted.json(), "pages connect again")
    finally:
        assert system.end() in (0, 130)


async def comes_back(url: str, count: int) -> None:
    """One more visitor; the count is that of all who were admitted."""
    async with aiohttp.ClientSession() as session, Reader(session, url, "one-more-visitor") as reader:
        assert await reader.hello() == count
