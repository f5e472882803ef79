"""The emulator's process: ``python -m local_cloud.emulator_process FD FOLDER``, started by emulator.py.

It serves ministack on the listening socket FD, keeps the visits in FOLDER, and reports on standard output (reports.py).
It ends when its standard input ends, which happens however the process that started it ends; SIGTERM is the same order.
Ending means: take the last snapshot while the emulator still answers, end the function's workers, go. Nothing else in
the emulator is worth an orderly end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_cloud import distribution, invocations, missing_pages, tls, viewer_function, visits_file, visits_table
from local_cloud.access import KEY_VARIABLE
from local_cloud.descriptors import allow_many
from local_cloud.emulator_guard import Guard, guarded, unshared
from local_cloud.invocations import Message, Send
from local_cloud.reports import Reports
from local_cloud.snapshots import Snapshots

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
_WRITE_TARGETS = frozenset(f"DynamoDB_20120810.{operation}".encode() for operation in _WRITES)
_QUEUE = 4096


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the process that started this one
    listening, folder = int(sys.argv[1]), Path(sys.argv[2])
    reports = Reports(_take_standard_output())
    allow_many()
    keeper = Keeper(folder / "visits.json", reports)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    threading.Thread(target=_follow_orders, args=(keeper, ended), name="orders", daemon=True).start()
    threading.Thread(target=_end, args=(keeper, ended), name="end", daemon=True).start()
    asyncio.run(_serve(listening, keeper, reports))


def _take_standard_output() -> Any:
    """Standard output as the pipe of reports; whatever else is printed goes to standard error, which is the log."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return pipe


class Keeper:
    """Takes snapshots of a table once it knows which one."""

    def __init__(self, path: Path, reports: Reports) -> None:
        self._path = path
        self._reports = reports
        self._client: Any = None
        self._snapshots: Snapshots | None = None

    def prepare(self) -> None:
        """Takes a third of a second, which is better spent before the order to keep a table comes."""
        import botocore.session
        from botocore.config import Config

        self._client = botocore.session.get_session().create_client(
            "dynamodb",
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            # An emulator that hangs must not keep this process from its end.
            config=Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}),
        )

    def keep(self, table: str) -> None:
        """For good: a run has one table."""
        self._snapshots = Snapshots(
            lambda: visits_table.read(self._client, table),
            lambda rows: visits_file.write(self._path, rows),
            self._reports.problem,
        )
        self._snapshots.changed()
        self._snapshots.start()

    def changed(self) -> None:
        if self._snapshots is not None:
            self._snapshots.changed()

    def finish(self) -> None:
        if self._snapshots is not None:
            self._snapshots.finish()


def _follow_orders(keeper: Keeper, ended: threading.Event) -> None:
    try:
        keeper.prepare()
        for line in sys.stdin:
            match json.loads(line):
                case {"table": str() as table}:
                    keeper.keep(table)
    finally:
        ended.set()


def _end(keeper: Keeper, ended: threading.Event) -> None:
    ended.wait()
    keeper.finish()
    from ministack.core import lambda_runtime

    lambda_runtime.reset()
    os._exit(0)


async def _serve(listening: int, keeper: Keeper, reports: Reports) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    invocations.install(reports.function_ran)
    missing_pages.install()
    viewer_function.install()
    config = Config()
    config.bind = [f"fd://{listening}"]
    config.backlog = _QUEUE
    config.loglevel = "WARNING"
    guard = Guard(os.environ[KEY_VARIABLE].encode(), int(os.environ["GATEWAY_PORT"]))
    cloud = guarded(distribution.in_front_of(unshared(observed(app, keeper.changed))), guard)
    await serve(cloud, config, shutdown_trigger=asyncio.Event().wait)


def observed(app: Any, changed: Callable[[], None]) -> Any:
    """The emulator, with `changed` called after each write to DynamoDB; where it differs from AWS, see the modules."""

    async def application(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "websocket":
            await app(scope, receive, invocations.answering_refusals(send, scope))
            return
        if scope["type"] == "http":
            tls.note(scope)
        await app(scope, receive, send)
        if scope["type"] == "http" and _is_write(scope):
            changed()

    return application


def _is_write(scope: Message) -> bool:
    return any(name == b"x-amz-target" and value in _WRITE_TARGETS for name, value in scope["headers"])


if __name__ == "__main__":
    main()
