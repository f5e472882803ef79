"""What the emulator's process tells the one that started it: one JSON object a line, over a pipe.

``{"kind": "function", "lines": [...], "error": "..."}``  the router ran and wrote these lines; `error` is why it failed
``{"kind": "problem", "text": "..."}``                     something the user should know
``{"kind": "refused", "text": "..."}``                     requests that the emulator did not answer, as a line
``{"kind": "keeping", "problem": "..."}``                  what is written to the table is kept from now on; or why not

And what it is told, over its standard input, whose end is the order to end:
``{"table": "..."}``                                       put the visits back into this table, and keep what changes
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
    """lines: what it wrote. error: empty, or why it failed, the last line saying most."""

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
    """problem: empty, or why the visits cannot be kept."""

    problem: str


Report = FunctionRan | Problem | Refused | Keeping


class Reports:
    """Writes reports on a thread of its own: while the reader is suspended, the emulator goes on, reports are lost."""

    def __init__(self, pipe: IO[str]) -> None:
        self._pipe = pipe
        self._waiting: queue.Queue[dict[str, object]] = queue.Queue(_WAITING_AT_MOST)
        threading.Thread(target=self._write, name="reports", daemon=True).start()

    def function_ran(self, lines: Sequence[str], error: str) -> None:
        self._put(kind="function", lines=[line[:_LONGEST] for line in lines], error=error[-_LONGEST:])

    def problem(self, text: str) -> None:
        self._put(kind="problem", text=text[:_LONGEST])

    def refused(self, text: str) -> None:
        self._put(kind="refused", text=text[:_LONGEST])

    def keeping(self, problem: str) -> None:
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
            return  # the reader is gone; the end of standard input says so to everyone


def parse(line: bytes) -> Report | None:
    """None for a line that is not a report."""
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
