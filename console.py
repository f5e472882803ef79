"""Output and input of the command line: a terminal with colours, a live footer and prompts, or a plain pipe."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from shutil import get_terminal_size
from typing import TextIO

Say = Callable[[str], None]
"""Prints a line."""

RED, GREEN, YELLOW, DIM = "31", "32", "33", "2"
_UP_AND_CLEAR = "\x1b[1A\x1b[2K"


class Reporter:
    """The output of a long operation: lines and, on a terminal, a live footer. This base class discards all output."""

    live = False
    """True if a footer can be redrawn."""

    def __call__(self, line: str) -> None:
        """Print a line."""

    def footer(self, lines: Sequence[str]) -> None:
        """Replace the footer below the printed lines with `lines`; an empty sequence removes it."""

    def painted(self, text: str, colour: str) -> str:  # noqa: ARG002 - without colours
        """Return `text` in `colour`, or unchanged where colours are off."""
        return text


SILENT = Reporter()
"""Prints nothing, for a stack that is only read."""


class Console(Reporter):
    """The standard streams, or others.

    `live` and `colour` are true on a terminal only; NO_COLOR (https://no-color.org) and
    TERM=dumb are respected. edit: a function applied to every line before it is printed.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        source: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
        edit: Callable[[str], str] = str,
    ) -> None:
        self._out = out or sys.stdout
        self._in = source or sys.stdin
        self._edit = edit
        self._footer = 0
        self._lock = threading.Lock()
        self.interactive = self._in.isatty()
        self.live = self._out.isatty() and environment.get("TERM", "") != "dumb"
        self.colour = self.live and not environment.get("NO_COLOR")

    def __call__(self, line: str) -> None:
        with self._lock:
            self._erase()
            print(self._edit(line), file=self._out, flush=True)

    def footer(self, lines: Sequence[str]) -> None:
        """Show these lines below everything that is printed, instead of the previous ones; only on a terminal."""
        if not self.live:
            return
        width = get_terminal_size().columns - 1
        with self._lock:
            self._erase()
            for line in lines:
                print(line[:width], file=self._out)
            self._out.flush()
            self._footer = len(lines)

    def ask(self, question: str) -> str:
        """Return the answer typed by the user, stripped. Raises EOFError when standard input is closed."""
        try:
            print(question, end=" ", file=self._out, flush=True)
            line = self._in.readline()
        except OSError:
            line = ""
        if not line:
            raise EOFError
        return line.strip()

    def confirm(self, question: str, wanted: str = "") -> bool:
        """Return True if the user answers yes, or types exactly `wanted` if given. A closed input counts as no."""
        try:
            answer = self.ask(question if wanted else f"{question} [y/N]")
        except EOFError:
            return False
        return answer == wanted if wanted else answer.lower() in ("y", "yes")

    def painted(self, text: str, colour: str) -> str:
        """Return the text in a colour, unchanged if colours are off. colour: an SGR code, such as 31 for red."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text

    def _erase(self) -> None:
        if self._footer:
            self._out.write(_UP_AND_CLEAR * self._footer)
            self._footer = 0
