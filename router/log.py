"""Structured logging: one JSON object per line on standard output, which Lambda forwards to CloudWatch Logs.

`contract.log_events` defines the events, their fields and levels.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from router.contract.log_line import encode
from router.contract.log_values import Level
from router.errors import RouterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from router.contract.log_events import LogEvent

_ID_CHARACTERS = 4
_MAX_FRAMES = 8
_RANKS: Final[dict[str, int]] = {"DEBUG": 0, Level.INFO: 1, Level.WARNING: 2, "WARN": 2, Level.ERROR: 3}
LEVELS: Final = ("DEBUG", "INFO", "WARN", "ERROR")
"""The values of LOG_LEVEL. Any other means INFO here, so that the error about it is written."""


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one invocation. `write` takes one line without its newline. lowest: the least level to write."""

    write: Callable[[str], None]
    request_id: str
    lowest: str = "INFO"

    def event(self, event: LogEvent) -> None:
        """Write one log event, unless its level is too low."""
        if _RANKS[event.level] >= _RANKS.get(self.lowest, _RANKS[Level.INFO]):
            self.write(encode(event, self.request_id))

    def failure(self, kind: Callable[[str, str | None, tuple[str, ...]], LogEvent], error: BaseException) -> None:
        """Write an exception: its type, its stack frames and, for a RouterError, its message.

        The message of any other exception may contain visitor data and is not logged.

        kind: takes the type, the message and the frames, and returns the event
        """
        reason = (str(error) or None) if isinstance(error, RouterError) else None
        self.event(kind(type(error).__name__, reason, _frames(error.__traceback__)))


def short(connection_id: str) -> str:
    """Return the first characters of a connection id: enough to follow it in the logs, too few to send to it."""
    return connection_id[:_ID_CHARACTERS]


def to_standard_output(line: str) -> None:
    """Write and flush one line.

    A single write keeps the lines of threads apart; the flush ensures that none is lost when Lambda freezes the
    process.
    """
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _frames(traceback: TracebackType | None) -> tuple[str, ...]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{PurePath(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return tuple(frames[-_MAX_FRAMES:])
