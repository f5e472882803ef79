"""The page without a cloud: served by the preview, with the test's own WebSocket server behind it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from settings import STRICT_CONTENT_SECURITY_POLICY
from site_gen.pages.edition import Edition
from site_gen.preview import Preview, open_server
from tests.http_server import serving

TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Resolves when the frame after the next has begun, so that what was there before has been painted."""

ROOT = Path(__file__).resolve().parents[2]
DAYS = [
    7,
    9,
    14,
    8,
    11,
    17,
    21,
    13,
    10,
    16,
    19,
    22,
    15,
    12,
    18,
    25,
    23,
    17,
    14,
    20,
    27,
    24,
    19,
    16,
    22,
    29,
    26,
    9,
    5,
    7,
]


@contextmanager
def served(folder: Path, resume: dict[str, Any] | None = None, edition: Edition | None = None) -> Iterator[str]:
    """Return the address of the project's site, or of its theme with another résumé."""
    source = folder / "site"
    if resume is None:
        source = ROOT / "site"
    else:
        shutil.copytree(ROOT / "site", source)
        (source / "resume.json").write_text(json.dumps(resume), encoding="utf-8")
    said: list[str] = []
    preview = Preview(source, folder / "built", edition or Edition(), STRICT_CONTENT_SECURITY_POLICY, said.append)
    preview.refresh()
    assert said == []
    with serving(open_server(preview, 0)) as server:
        yield f"http://localhost:{server.server_address[1]}"


class Live:
    """A stand-in for `/live`: answers every hello with `count`, broadcasts with `tell`, and refuses connections while
    `down`. And for `count.json`: `file` is its content, by default one that says nothing; None: there is no such file.
    """

    def __init__(self, count: int = 1234, online: int = 3) -> None:
        self.count, self.online = count, online
        self.days = DAYS
        self.down = self.mute = False
        self.file: object = {}
        self.urls: list[str] = []
        self.file_urls: list[str] = []
        self.hellos = 0
        self.open: list[WebSocketRoute] = []

    def attach(self, page: Page) -> None:
        page.route_web_socket("**/live**", self._connected)
        page.route("**/count.json", self._read)

    def _read(self, route: Route) -> None:
        self.file_urls.append(route.request.url)
        status = 404 if self.file is None else 200
        route.fulfill(status=status, json=self.file, headers={"Access-Control-Allow-Origin": "*"})

    def _connected(self, socket: WebSocketRoute) -> None:
        self.urls.append(socket.url)
        if self.down:
            socket.close(code=1011)
            return
        self.open.append(socket)
        socket.on_message(lambda _: self._hello(socket))
        socket.on_close(lambda *_: self._closed(socket))

    def _hello(self, socket: WebSocketRoute) -> None:
        self.hellos += 1
        if not self.mute:
            socket.send(json.dumps({"count": self.count, "online": self.online, "days": self.days}))

    def _closed(self, socket: WebSocketRoute) -> None:
        if socket in self.open:
            self.open.remove(socket)

    def tell(self, count: int, online: int = 3) -> None:
        """Broadcast the count."""
        self.count, self.online = count, online
        for socket in self.open:
            socket.send(json.dumps({"count": count, "online": online}))

    def drop(self) -> None:
        """Close every connection as a server that shuts down."""
        for socket in list(self.open):
            socket.close(code=1001)
        self.open.clear()
