"""Blocking work beside the event loop, on a thread that nobody waits for once the program ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def in_background(work: Callable[[], Result]) -> Result:
    """What `work` returns or raises. Unlike asyncio.to_thread, Ctrl-C does not wait for a deployment to finish."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()

    def deliver(settle: Callable[[], None]) -> None:
        def settle_if_awaited() -> None:
            if not outcome.done():
                settle()

        with suppress(RuntimeError):  # the loop has ended, and so has the program
            loop.call_soon_threadsafe(settle_if_awaited)

    def run() -> None:
        try:
            result = work()
        except Exception as exc:  # noqa: BLE001 - handed to whoever awaits
            error = exc
            deliver(lambda: outcome.set_exception(error))
        else:
            deliver(lambda: outcome.set_result(result))

    threading.Thread(target=run, name="background", daemon=True).start()
    return await outcome
