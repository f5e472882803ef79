"""The system's Firefox, driven over WebDriver BiDi, which it supports natively: no driver has to be installed.

Source: https://www.w3.org/TR/webdriver-bidi/. Playwright needs its own build of Firefox, which Debian does not have.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 60.0
LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    """One tab. `logged`: the error messages in its console."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.logged: list[str] = []
        self.tab = ""

    async def command(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self._socket.receive_json()
                if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                    self.logged.append(str(message["params"]["text"]))
                if message.get("id") == number:
                    assert message["type"] == "success", message
                    return message["result"]

    async def begin(self) -> None:
        await self.command("session.new", capabilities={})
        await self.command("session.subscribe", events=["log.entryAdded"])
        self.tab = (await self.command("browsingContext.getTree"))["contexts"][0]["context"]

    async def open(self, url: str, width: int = 1280) -> None:
        viewport = {"width": width, "height": 900}
        await self.command("browsingContext.setViewport", context=self.tab, viewport=viewport)
        await self.command("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise: a string, a number or a boolean."""
        answer = await self.command(
            "script.evaluate", expression=expression, target={"context": self.tab}, awaitPromise=True
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")


@asynccontextmanager
async def firefox(program: str, profile: Path) -> AsyncIterator[Firefox]:
    process = await asyncio.create_subprocess_exec(
        *(program, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)),
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert process.stderr
    try:
        async with asyncio.timeout(PATIENCE):
            address = None
            while address is None:
                line = await process.stderr.readline()
                assert line, "Firefox ended"
                address = LISTENING.search(line)
        drain = asyncio.create_task(process.stderr.read())
        url = f"{address[1].decode()}/session"
        async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as socket:
            tab = Firefox(socket)
            await tab.begin()
            yield tab
            await tab.command("browser.close")
        await drain
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
