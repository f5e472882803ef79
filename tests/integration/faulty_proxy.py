"""A bad network between the router and AWS: a proxy that throttles, fails, hangs up and loses answers, by a seed."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NoReturn

from aiohttp import ClientSession, TCPConnector, web

_PASSED_ON = ("Content-Type", "X-Amz-Target", "Authorization", "X-Amz-Date")
_SLOW_SECONDS = 0.03


class Fault(Enum):
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    RESET = "reset before"
    LOST = "answer lost after applying"
    SLOW = "slow"


class FaultyProxy:
    """share: of the requests, 0.0 to 1.0; may be changed at any time. met: how often each fault was given."""

    def __init__(self, upstream: str, seed: int, share: float) -> None:
        self.share = share
        self.met: Counter[Fault] = Counter()
        self.requests = 0
        self.url = ""
        self._upstream = upstream
        self._random = random.Random(seed)  # noqa: S311 - a dice

    async def serve(self, ready: threading.Event, ended: asyncio.Event) -> None:
        async with ClientSession(connector=TCPConnector(limit=0), auto_decompress=False) as self._session:
            application = web.Application()
            application.router.add_route("*", "/{path:.*}", self._handle)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            ready.set()
            await ended.wait()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        fault = self._random.choice(list(Fault)) if self._random.random() < self.share else None
        if fault:
            self.met[fault] += 1
        match fault:
            case Fault.THROTTLED:
                return _refused(400, "ThrottlingException")
            case Fault.SERVER_ERROR:
                return _refused(500, "InternalServerError")
            case Fault.RESET:
                _hang_up(request)
            case Fault.SLOW:
                await asyncio.sleep(_SLOW_SECONDS)
        response = await self._forward(request)
        if fault is Fault.LOST:
            _hang_up(request)
        return response

    async def _forward(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        url = self._upstream + request.raw_path
        async with self._session.request(request.method, url, data=await request.read(), headers=headers) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower().startswith("x-amz")}
            kept["Content-Type"] = answer.headers.get("Content-Type", "application/x-amz-json-1.0")
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


def _refused(status: int, code: str) -> web.Response:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "a fault that was injected"})
    return web.Response(status=status, text=body, content_type="application/x-amz-json-1.0")


def _hang_up(request: web.Request) -> NoReturn:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError


@contextmanager
def faulty_proxy(upstream: str, seed: int, share: float) -> Iterator[FaultyProxy]:
    """Runs in a thread of its own."""
    proxy = FaultyProxy(upstream, seed, share)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(proxy.serve(ready, ended))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
