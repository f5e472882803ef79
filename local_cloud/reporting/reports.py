"""The reports of the emulator's process to its parent: one JSON object per line, over a pipe.

``{"kind": "function", "lines": [...], "error": "..."}``  the router ran and logged these lines; `error`: why it failed
``{"kind": "problem", "text": "..."}``                     something the user should know
``{"kind": "refused", "text": "..."}``                     requests that the emulator refused, as a line
``{"kind": "keeping", "problem": "..."}``                  writes to the table are persisted from now on; or why not

And the command to it, on its standard input, whose end is the command to exit:

``{"table": "..."}``                                       restore the visits to this table, and persist its changes
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

_LONGEST = 4000
_WAITING_AT_MOST = 10_000


@dataclass(frozen=True)
class FunctionRan:
    """An invocation. lines: its output. error: empty, or why it failed, with the most specific line last."""

    lines: tuple[str, ...]
    error: str


@dataclass(frozen=True)
class Problem:
    text: str


@dataclass(frozen=True)
class Refused:
    text: str


@dataclass(frozen=True)
class Keeping:
    """The reply to the command to persist a table. problem: empty, or why the visits cannot be saved."""

    problem: str


Report = FunctionRan | Problem | Refused | Keeping


class Reports:
    """A writer of reports with its own thread: while the reader is suspended, the emulator continues, and reports may
    be lost."""

    def __init__(self, pipe: IO[str]) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[dict[str, object]] = queue.Queue(_WAITING_AT_MOST)
        threading.Thread(target=self._write, name="reports", daemon=True).start()

    def function_ran(self, lines: Sequence[str], error: str) -> None:
        """Report an invocation, see `FunctionRan`. Long lines are cut."""
        self._put(kind="function", lines=[line[:_LONGEST] for line in lines], error=error[-_LONGEST:])

    def problem(self, text: str) -> None:
        """Report something that the user should know."""
        self._put(kind="problem", text=text[:_LONGEST])

    def refused(self, text: str) -> None:
        """Report refused requests as a line."""
        self._put(kind="refused", text=text[:_LONGEST])

    def keeping(self, problem: str) -> None:
        """Reply to the command to persist a table, see `Keeping`."""
        self._put(kind="keeping", problem=problem[:_LONGEST])

    def _put(self, **report: object) -> None:
        try:
            self._waiting.put_nowait(report)
        except queue.Full:
            return

    def _write(self) -> None:
        try:
            while True:
                self._pipe.write(json.dumps(self._waiting.get()) + "\n")
                self._pipe.flush()
        except OSError:
            return  # the reader is gone; the end of standard input ends this process


def parse(line: bytes) -> Report | None:
    """Return the report in a line, None for a line that is not a report."""
    try:
        report = json.loads(line)
    except ValueError:
        return None
    match report:
        case {"kind": "function", "lines": list() as lines, "error": str() as error}:
            return FunctionRan(tuple(map(str, lines)), error)
        case {"kind": "problem", "text": str() as text}:
            return Problem(text)
        case {"kind": "refused", "text": str() as text}:
            return Refused(text)
        case {"kind": "keeping", "problem": str() as problem}:
            return Keeping(problem)
        case _:
            return None
