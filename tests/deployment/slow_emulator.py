"""An emulator whose CloudFormation takes a moment for each resource: ``python -m tests.deployment.slow_emulator``.

Otherwise a stack is created or deleted between two requests, and no kill can land inside. In the meantime the emulator
answers other requests, as AWS does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

SECONDS, DATA_SECONDS = 0.05, 0.7
"""For each resource; for the creation of one that holds data. The main stack has 30, 3 of which hold data."""

DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")


def slow_down() -> None:
    from ministack.services.cloudformation import stacks

    async def after_a_moment(work: Callable[..., Any], *arguments: Any, **_: Any) -> Any:
        creates_data = work.__name__.startswith("_provision") and any(one in arguments for one in DATA)
        await asyncio.sleep(DATA_SECONDS if creates_data else SECONDS)
        return work(*arguments)

    stacks._runs_on_worker_thread = lambda _: True
    stacks.run_reentrant = after_a_moment


if __name__ == "__main__":
    from ministack.app import main

    slow_down()
    main()
