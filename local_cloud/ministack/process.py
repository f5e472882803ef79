"""The emulator's process: ``python -m local_cloud.ministack.process FD FOLDER``, started by local_cloud/emulator.py.

It serves ministack on the listening socket FD, keeps the visits in FOLDER, and reports on standard output (`reports`).
It ends when its standard input ends, which happens however the process that started it ends; SIGTERM is the same order.
Ending means: end the function's workers, go. What was acknowledged is in the journal already (`keeper`).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from local_cloud.access import KEY_VARIABLE
from local_cloud.descriptors import allow_many
from local_cloud.ministack import distribution, invocations, missing_pages, posts, table_writes, tls, viewer_function
from local_cloud.ministack.guard import Guard, guarded, unshared
from local_cloud.ministack.invocations import Message, Send
from local_cloud.reporting.refusals import Refusals
from local_cloud.reporting.reports import Reports
from local_cloud.visits.keeper import Keeper


def main() -> None:
    """Serve until the standard input ends or SIGTERM arrives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the process that started this one
    listening, folder = int(sys.argv[1]), Path(sys.argv[2])
    reports = Reports(_take_standard_output())
    allow_many()
    keeper = Keeper(folder / "visits.json", reports.problem)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    threading.Thread(target=_end, args=(ended,), name="end", daemon=True).start()
    asyncio.run(_serve(listening, keeper, reports, ended))


def _load_services() -> None:
    """What the deploy asks for first, loaded while the process that deploys still loads its own modules.

    The emulator loads a service at its first request, and its model (which says how an error is written) at the first
    error: together more than a second, for which the deploy would wait. Not in a thread of its own: two threads that
    import modules which import each other may wait for each other.
    """
    from ministack import app
    from ministack.core import responses

    app._get_module("cloudformation")  # noqa: SLF001 - it loads every service that a template may name
    responses._service_model("cloudformation")  # noqa: SLF001 - of a stack that is not there yet
    responses._service_model("s3")  # noqa: SLF001


def _take_standard_output() -> Any:
    """Standard output as the pipe of reports; whatever else is printed goes to standard error, which is the log."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return pipe


def _follow_orders(loop: asyncio.AbstractEventLoop, keeper: Keeper, reports: Reports, ended: threading.Event) -> None:
    try:
        for line in sys.stdin:
            match json.loads(line):
                case {"table": str() as table}:
                    # Where requests are handled, so that none is under way.
                    loop.call_soon_threadsafe(_keep, table, keeper, reports)
    finally:
        ended.set()


def _keep(table: str, keeper: Keeper, reports: Reports) -> None:
    try:
        table_writes.restore(table, keeper.before())
        keeper.keep(table, table_writes.rows_of(table))
    except Exception as exc:  # noqa: BLE001 - whoever gave the order waits for the answer
        reports.keeping(str(getattr(exc, "strerror", None) or exc))
    else:
        reports.keeping("")


def _end(ended: threading.Event) -> None:
    ended.wait()
    from ministack.core import lambda_runtime

    lambda_runtime.reset()
    os._exit(0)


async def _serve(listening: int, keeper: Keeper, reports: Reports, ended: threading.Event) -> None:
    orders = (asyncio.get_running_loop(), keeper, reports, ended)
    threading.Thread(target=_follow_orders, args=orders, name="orders", daemon=True).start()
    from ministack.app import app

    from local_cloud.ministack.server import serve

    invocations.install(reports.function_ran)
    missing_pages.install()
    table_writes.install(keeper)
    viewer_function.install()
    _load_services()
    guard = Guard(os.environ[KEY_VARIABLE].encode(), int(os.environ["GATEWAY_PORT"]))
    refusals = Refusals("the emulator", reports.refused)
    cloud = guarded(distribution.in_front_of(unshared(adapted(app))), guard, refusals.note)
    await serve(cloud, listening)


def adapted(app: Any) -> Any:
    """The emulator; where it differs from AWS, see the modules."""

    async def application(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "websocket":
            await app(scope, receive, invocations.answering_refusals(send, scope))
            return
        if scope["type"] == "http":
            tls.note(scope)
            if await posts.answered(scope, receive, send):
                return
        await app(scope, receive, send)

    return application


if __name__ == "__main__":
    main()
