"""Blocking work returns its result or raises its error, and is not awaited once it is cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from local_cloud.background import in_background


def test_its_result_and_its_error_are_handed_over() -> None:
    async def main() -> None:
        assert await in_background(lambda: 6 * 7) == 42
        with pytest.raises(ZeroDivisionError):
            await in_background(lambda: 1 // 0)

    asyncio.run(main())


def test_the_end_does_not_wait_for_it() -> None:
    release = threading.Event()
    ended = threading.Event()

    def work() -> None:
        release.wait(20)
        ended.set()

    async def main() -> None:
        task = asyncio.create_task(in_background(work))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert not ended.is_set()
    release.set()
    assert ended.wait(20)  # and its late result to a closed loop does no harm
