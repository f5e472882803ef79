"""Structured logs: one JSON object a line, on standard output, which Lambda hands to CloudWatch Logs.

Every line has ``level`` (INFO, WARNING, ERROR), ``message`` (a name from `Line`) and ``requestId``; the rest are
numbers and codes. No addresses, no user agents, no visit ids, no origins, and of a connection id only its first
characters.

message             level    fields
visit_recorded      INFO     connection
visit_repeated      INFO     connection
visit_not_counted   INFO     connection, reason (asked, crawler, limit)
connection_refused  WARNING  connection, status (403, 400, 429), reason (origin, visit, limit), of a foreign origin its
                             kind, origin (null, local, site, other)
disconnected        INFO     connection
replied             INFO     connection, count, online (absent if unknown)
reply_refused       INFO     connection: it has had as many as it may for now
reply_failed        WARNING  connection, outcome (gone, throttled, failed, refused, left), code
counted             INFO     visits, repeated, rejected, left (WARNING if rejected or left), transactions
broadcast           INFO     count, online, reached, gone, opening, failed, left, codes, milliseconds
                             (WARNING if failed or left)
broadcast_unneeded  INFO     count: every page was told this count before
broadcast_failed    ERROR    error, reason, where: no page was told; the next count or sweep tells them
badge_written       INFO     count
badge_failed        ERROR    error, reason, where: the next count or sweep tries again
backup_written      INFO     count, days: how many of them are in it
backup_failed       ERROR    error, reason, where: the next sweep tries again
swept               INFO     visits, repeated, rejected, left, forgotten, complete (WARNING if rejected or not complete)
unknown_event       WARNING  source (websocket, stream, other), keys, records (of a stream batch)
failed              ERROR    event (its kind), error (exception type), reason (only texts of our own), where (frames)
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from router.errors import RouterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_SHOWN_CHARACTERS = 4
_SHOWN_FRAMES = 8


class Line(StrEnum):
    """The stable names of what is logged; the table above gives their fields."""

    VISIT_RECORDED = "visit_recorded"
    VISIT_REPEATED = "visit_repeated"
    VISIT_NOT_COUNTED = "visit_not_counted"
    CONNECTION_REFUSED = "connection_refused"
    DISCONNECTED = "disconnected"
    REPLIED = "replied"
    REPLY_REFUSED = "reply_refused"
    REPLY_FAILED = "reply_failed"
    COUNTED = "counted"
    BROADCAST = "broadcast"
    BROADCAST_UNNEEDED = "broadcast_unneeded"
    BROADCAST_FAILED = "broadcast_failed"
    BADGE_WRITTEN = "badge_written"
    BADGE_FAILED = "badge_failed"
    BACKUP_WRITTEN = "backup_written"
    BACKUP_FAILED = "backup_failed"
    SWEPT = "swept"
    UNKNOWN_EVENT = "unknown_event"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Log:
    """Writes lines for one invocation. write: takes one line without its newline."""

    write: Callable[[str], None]
    request_id: str

    def info(self, line: Line, **fields: object) -> None:
        self._emit("INFO", line, fields)

    def warning(self, line: Line, **fields: object) -> None:
        self._emit("WARNING", line, fields)

    def error(self, line: Line, **fields: object) -> None:
        self._emit("ERROR", line, fields)

    def failure(self, line: Line, error: BaseException, **fields: object) -> None:
        """An exception by type and frames. Its text only if it is ours: a foreign text may hold a visitor's values."""
        reason = str(error) if isinstance(error, RouterError) else ""
        frames = _frames(error.__traceback__)
        self.error(line, **fields, error=type(error).__name__, **({"reason": reason} if reason else {}), where=frames)

    def _emit(self, level: str, line: Line, fields: dict[str, object]) -> None:
        record = {"level": level, "message": line.value, "requestId": self.request_id, **fields}
        self.write(json.dumps(record, separators=(",", ":")))


def short(connection_id: str) -> str:
    """Enough of a connection id to follow it through a minute of logs, too little to address it."""
    return connection_id[:_SHOWN_CHARACTERS]


def to_standard_output(line: str) -> None:
    """One write per line and flushed, so that lines of threads do not mix and none is lost when Lambda freezes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{PurePath(code.co_filename).name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-_SHOWN_FRAMES:]
