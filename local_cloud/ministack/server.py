"""The HTTP and WebSocket server in front of the emulator.

ministack brings hypercorn, whose HTTP parser is pure Python: a crowd of 2,000 sockets took 47 s, much of it spent on
the router's posts to them. uvicorn with httptools takes 21 s, and wsproto is installed with hypercorn anyway
(benchmarks/README.md).
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

_BACKLOG = 4096
_KEEP_ALIVE_SECONDS = 75
"""Longer than the router keeps an idle connection, as AWS does."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield


async def serve(app: Any, listening: int) -> None:
    """Serve the ASGI `app` on the listening socket with the file descriptor `listening`, until the process exits."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="wsproto",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    await _Server(config).serve([socket.socket(fileno=listening)])
