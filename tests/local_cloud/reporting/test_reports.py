"""Reports cross the pipe unchanged; everything else on it is ignored."""

from __future__ import annotations

import io
import queue
from typing import Any

import pytest

from local_cloud.reporting.reports import FunctionRan, Keeping, Problem, Report, Reports, parse


class Pipe(io.StringIO):
    """A pipe that passes each line to the test."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: queue.Queue[str] = queue.Queue()

    def write(self, text: str) -> int:
        self.lines.put(text)
        return len(text)


def received(pipe: Pipe) -> Report | None:
    return parse(pipe.lines.get(timeout=20).encode())


def test_reports_come_through_in_order() -> None:
    pipe = Pipe()
    reports = Reports(pipe)
    reports.function_ran(["one", "two"], "")
    reports.function_ran([], "it failed")
    reports.problem("disk full")
    reports.keeping("")
    assert received(pipe) == FunctionRan(("one", "two"), "")
    assert received(pipe) == FunctionRan((), "it failed")
    assert received(pipe) == Problem("disk full")
    assert received(pipe) == Keeping("")


def test_what_is_very_long_is_cut_at_its_less_telling_end() -> None:
    pipe = Pipe()
    Reports(pipe).function_ran(["x" * 1_000_000], "y" * 1_000_000 + "!")
    report = received(pipe)
    assert isinstance(report, FunctionRan)
    assert len(report.lines[0]) < 10_000
    assert report.error.endswith("y!")


class Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_is_gone_is_no_error() -> None:
    reports = Reports(Gone())
    reports.problem("one")
    reports.problem("two")


@pytest.mark.parametrize(
    "line", [b"", b"text", b"{", b"[]", b"3", b'{"kind": "other"}', b'{"kind": "function"}', b"\xff"]
)
def test_what_is_no_report_is_passed_over(line: bytes) -> None:
    assert parse(line) is None


def test_lines_need_not_be_texts() -> None:
    report: Any = parse(b'{"kind": "function", "lines": [1, null], "error": ""}')
    assert report == FunctionRan(("1", "None"), "")
