"""The progress of an upload, on a terminal and in a log."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from console import Console
from deployment.site.progress import BAR_WIDTH, Bar, Lines, UploadProgress, progress_for
from tests.deployment.fakes import Lines as Said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Return a clock that advances by `step` seconds per call."""

    def __init__(self, step: float) -> None:
        self.ticks: Iterator[float] = iter(n * step for n in range(1000))

    def __call__(self) -> float:
        return next(self.ticks)


def send(progress: UploadProgress, files: int, size: int) -> None:
    with progress.of(files, files * size):
        for _ in range(files):
            progress.sent(size)
            progress.arrived()


def test_a_terminal_has_a_bar_that_is_removed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    terminal = Terminal()
    send(Bar(Console(terminal, environment={}), Clock(1)), 4, 1_000_000)
    shown = terminal.getvalue()
    assert f"{'█' * (BAR_WIDTH // 2)}{'░' * (BAR_WIDTH // 2)}  2 of 4 files, 2.0 of 4.0 MB" in shown
    assert "4 of 4 files, 4.0 of 4.0 MB" in shown
    assert shown.endswith("\x1b[2K")


def test_a_bar_is_not_redrawn_for_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    send(Bar(Console(terminal, environment={}), Clock(0.01)), 100, 10)
    assert terminal.getvalue().count("files") < 50


def test_empty_files_have_a_bar_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    send(Bar(Console(terminal, environment={}), Clock(1)), 2, 0)
    assert "█" * BAR_WIDTH in terminal.getvalue()


def test_a_log_has_a_line_every_ten_seconds() -> None:
    slow, quick = Said(), Said()
    send(Lines(slow, Clock(5)), 4, 1_500_000)
    send(Lines(quick, Clock(0.1)), 4, 1_500_000)
    assert slow[0].endswith(" of 6.0 MB uploaded so far")
    assert len(slow) < 8
    assert quick == []


def test_the_bar_is_removed_when_the_upload_fails() -> None:
    terminal = Terminal()
    bar = Bar(Console(terminal, environment={}), Clock(1))

    def fail() -> None:
        with bar.of(2, 20):
            bar.sent(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert terminal.getvalue().endswith("\x1b[2K")


def test_a_pipe_gets_lines() -> None:
    assert isinstance(progress_for(Console(Terminal(), environment={})), Bar)
    assert isinstance(progress_for(Console(io.StringIO(), environment={})), Lines)
