"""Blocking work outside the event loop, in a daemon thread that does not delay the program's exit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def in_background(work: Callable[[], Result]) -> Result:
    """Run `work` in a thread; return its result or raise its error. Unlike with asyncio.to_thread, Ctrl-C does not wait
    for a deployment to finish."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()

    def deliver(settle: Callable[[], None]) -> None:
        def settle_if_awaited() -> None:
            if not outcome.done():
                settle()

        with suppress(RuntimeError):  # the loop is closed, and the program is exiting
            loop.call_soon_threadsafe(settle_if_awaited)

    def run() -> None:
        try:
            result = work()
        except Exception as exc:  # noqa: BLE001 - raised again where it is awaited
            error = exc
            deliver(lambda: outcome.set_exception(error))
        else:
            deliver(lambda: outcome.set_result(result))

    threading.Thread(target=run, name="background", daemon=True).start()
    return await outcome
