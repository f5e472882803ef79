"""The faulty network of `build.py chaos`, in a thread of its own: for tests that block."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from local_cloud.chaos.network import Conditions, FaultyProxy


@contextmanager
def faulty_proxy(upstream: str, seed: int, conditions: Conditions) -> Iterator[FaultyProxy]:
    proxy = FaultyProxy(upstream, random.Random(seed), conditions)  # noqa: S311 - not for cryptography
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        async with proxy.serving():
            ready.set()
            await ended.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
