"""Structured logs: one JSON object a line, on standard output, which Lambda hands to CloudWatch Logs.

Which lines there are, with their fields and levels, `contract.log_events` says.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from router.contract.log_line import encode
from router.errors import RouterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from router.contract.log_events import LogEvent

_SHOWN_CHARACTERS = 4
_SHOWN_FRAMES = 8


@dataclass(frozen=True, slots=True)
class Log:
    """Writes lines for one invocation. write: takes one line without its newline."""

    write: Callable[[str], None]
    request_id: str

    def event(self, event: LogEvent) -> None:
        self.write(encode(event, self.request_id))

    def failure(self, kind: Callable[[str, str | None, tuple[str, ...]], LogEvent], error: BaseException) -> None:
        """An exception by type and frames. Its text only if it is ours: a foreign text may hold a visitor's values.

        kind: makes the event of the error's type, its text and its frames.
        """
        reason = (str(error) or None) if isinstance(error, RouterError) else None
        self.event(kind(type(error).__name__, reason, _frames(error.__traceback__)))


def short(connection_id: str) -> str:
    """Enough of a connection id to follow it through a minute of logs, too little to address it."""
    return connection_id[:_SHOWN_CHARACTERS]


def to_standard_output(line: str) -> None:
    """One write per line and flushed, so that lines of threads do not mix and none is lost when Lambda freezes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _frames(traceback: TracebackType | None) -> tuple[str, ...]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{PurePath(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return tuple(frames[-_SHOWN_FRAMES:])
