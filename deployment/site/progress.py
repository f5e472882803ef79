"""Progress of the upload: a bar on a terminal, a line every ten seconds elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from console import Reporter, Say

Clock = Callable[[], float]

BAR_SECONDS = 0.1
LINE_SECONDS = 10.0
"""Seconds between two updates on a terminal, and between two lines in a log."""

BAR_WIDTH = 30


class UploadProgress:
    """A thread-safe counter. `show` is called every `every` seconds at most, and `end` when the upload ends."""

    def __init__(self, every: float, clock: Clock = time.monotonic) -> None:
        self.files = self.size = self.files_arrived = self.bytes_sent = 0
        self._every, self._clock, self._shown = every, clock, clock()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, files: int, size: int) -> Iterator[None]:
        """Track the upload of `files` files of `size` bytes in total."""
        self.files, self.size, self.files_arrived, self.bytes_sent = files, size, 0, 0
        self._shown = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self.end()

    def sent(self, count: int) -> None:
        """Add `count` sent bytes."""
        with self._lock:
            self.bytes_sent += count
            self._show_if_due()

    def arrived(self) -> None:
        """Add a completed file."""
        with self._lock:
            self.files_arrived += 1
            self._show_if_due()

    def show(self) -> None:
        """Display the present counts."""

    def end(self) -> None:
        """Remove the display."""

    @property
    def text(self) -> str:
        """Return the number of files and megabytes uploaded so far."""
        of_bytes = f"{megabytes(self.bytes_sent)} of {megabytes(self.size)} MB"
        return f"{self.files_arrived:,} of {self.files:,} files, {of_bytes}"

    def _show_if_due(self) -> None:
        if (now := self._clock()) - self._shown >= self._every:
            self._shown = now
            self.show()


class Silent(UploadProgress):
    def __init__(self) -> None:
        super().__init__(float("inf"))


class Bar(UploadProgress):
    """A progress bar in the footer of a terminal."""

    def __init__(self, reporter: Reporter, clock: Clock = time.monotonic) -> None:
        super().__init__(BAR_SECONDS, clock)
        self._reporter = reporter

    def show(self) -> None:
        """Draw the progress bar in the console's footer."""
        done = self.bytes_sent / self.size if self.size else self.files_arrived / max(self.files, 1)
        filled = min(int(done * BAR_WIDTH), BAR_WIDTH)
        self._reporter.footer([f"  {'█' * filled}{'░' * (BAR_WIDTH - filled)}  {self.text}"])

    def end(self) -> None:
        """Remove the progress bar."""
        self._reporter.footer([])


class Lines(UploadProgress):
    """A line every ten seconds, for logs; none for a quick upload."""

    def __init__(self, say: Say, clock: Clock = time.monotonic) -> None:
        super().__init__(LINE_SECONDS, clock)
        self._say = say

    def show(self) -> None:
        """Print the progress as a line."""
        self._say(f"site: {self.text} uploaded so far")


def progress_for(reporter: Reporter) -> UploadProgress:
    """Return a bar on a terminal, lines elsewhere."""
    return Bar(reporter) if reporter.live else Lines(reporter)


def megabytes(size: int) -> str:
    """Format `size` bytes as megabytes."""
    return f"{size / 1e6:,.1f}"
