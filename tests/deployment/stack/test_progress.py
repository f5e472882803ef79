"""The progress of a stack operation: resources in progress on a terminal, a line per completed resource in a pipe."""

from __future__ import annotations

import io
import re

import pytest

from console import RED, Console
from deployment.stack.events import StackEvent, parse_event
from deployment.stack.progress import StackProgress
from tests.deployment.fakes import Lines, event


class Terminal(io.StringIO):
    """A stream that is a terminal. screen: the lines visible at the end."""

    def isatty(self) -> bool:
        return True

    @property
    def screen(self) -> list[str]:
        shown: list[str] = []
        for part in re.split(r"(\x1b\[1A\x1b\[2K|\n)", self.getvalue()):
            if part.startswith("\x1b[1A"):
                shown.pop()
            elif part != "\n" and part:
                shown.append(re.sub(r"\x1b\[\d+m", "", part))
        return shown


def parsed(number: int, resource: str, status: str, reason: str = "") -> StackEvent:
    return parse_event(event(number, resource, status, reason))


def test_a_pipe_gets_a_line_per_completed_resource_without_colours() -> None:
    lines = Lines()
    progress = StackProgress(lines)
    progress.notify(parsed(1, "Table", "CREATE_IN_PROGRESS"), 1)
    progress.tick()
    progress.notify(parsed(9, "Table", "CREATE_FAILED", "no room"), 9)
    progress.end()
    assert lines == ["     9.0 s  CREATE_FAILED      Table: no room"]


def test_a_terminal_shows_the_resources_in_progress_and_their_durations() -> None:
    terminal, now = Terminal(), [100.0]
    progress = StackProgress(Console(terminal, terminal, {}), lambda: now[0])
    progress.notify(parsed(1, "Distribution", "CREATE_IN_PROGRESS"), 1)
    progress.notify(parsed(1, "Table", "CREATE_IN_PROGRESS"), 1)
    now[0] += 65
    progress.tick()
    assert terminal.screen == [
        "      65 s  CREATE_IN_PROGRESS Distribution …",
        "      65 s  CREATE_IN_PROGRESS Table …",
        "      65 s  total",
    ]
    progress.notify(parsed(66, "Table", "CREATE_COMPLETE"), 66)
    assert terminal.screen == [
        "    66.0 s  CREATE_COMPLETE    Table",
        "      65 s  CREATE_IN_PROGRESS Distribution …",
        "      65 s  total",
    ]
    progress.end()
    assert terminal.screen == ["    66.0 s  CREATE_COMPLETE    Table"]


def test_a_failure_is_red_on_a_terminal() -> None:
    terminal = Terminal()
    progress = StackProgress(Console(terminal, terminal, {"TERM": "xterm"}))
    progress.notify(parsed(1, "Table", "CREATE_FAILED", "no room"), 1)
    assert f"\x1b[{RED}m" in terminal.getvalue()


@pytest.mark.parametrize(
    ("out", "environment", "live", "colour"),
    [
        (io.StringIO(), {}, False, False),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (Terminal(), {"NO_COLOR": "1", "TERM": "xterm"}, True, False),
        (Terminal(), {"NO_COLOR": "", "TERM": "xterm"}, True, True),
    ],
)
def test_the_capabilities_of_a_console(out: io.StringIO, environment: dict[str, str], live: bool, colour: bool) -> None:
    console = Console(out, out, environment)
    assert (console.live, console.colour) == (live, colour)
    assert console.painted("x", RED) == ("\x1b[31mx\x1b[0m" if colour else "x")


def test_a_line_is_printed_above_the_footer() -> None:
    terminal = Terminal()
    console = Console(terminal, terminal, {})
    console.footer(["in progress", "more"])
    console("a line")
    console.footer(["in progress"])
    assert terminal.screen == ["a line", "in progress"]


def test_a_closed_input_counts_as_no() -> None:
    assert Console(io.StringIO(), io.StringIO("yes\n"), {}).ask("sure?") == "yes"
    assert not Console(io.StringIO(), io.StringIO(), {}).confirm("sure?")
    with pytest.raises(EOFError):
        Console(io.StringIO(), io.StringIO(), {}).ask("sure?")
