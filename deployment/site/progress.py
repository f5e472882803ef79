"""How far the upload of the site is: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from console import Console

Clock = Callable[[], float]

BAR_SECONDS = 0.1
LINE_SECONDS = 10.0
"""So long nothing new is shown. A build's log wants to be read; a terminal wants to be looked at."""

BAR_WIDTH = 30


class UploadProgress:
    """Counts, from any thread; `show` is called now and then with the counts, and once at the end."""

    def __init__(self, every: float, clock: Clock = time.monotonic) -> None:
        self.files = self.size = self.files_arrived = self.bytes_sent = 0
        self._every, self._clock, self._shown = every, clock, clock()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, files: int, size: int) -> Iterator[None]:
        """For as long as `files` files, of `size` bytes in all, are sent."""
        self.files, self.size, self.files_arrived, self.bytes_sent = files, size, 0, 0
        self._shown = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self.end()

    def sent(self, count: int) -> None:
        """`count` bytes more."""
        with self._lock:
            self.bytes_sent += count
            self._show_now_and_then()

    def arrived(self) -> None:
        """One file more."""
        with self._lock:
            self.files_arrived += 1
            self._show_now_and_then()

    def show(self) -> None:
        """Shows the counts."""

    def end(self) -> None:
        """Leaves the place as it found it."""

    @property
    def text(self) -> str:
        of_bytes = f"{megabytes(self.bytes_sent)} of {megabytes(self.size)} MB"
        return f"{self.files_arrived:,} of {self.files:,} files, {of_bytes}"

    def _show_now_and_then(self) -> None:
        if (now := self._clock()) - self._shown >= self._every:
            self._shown = now
            self.show()


class Silent(UploadProgress):
    def __init__(self) -> None:
        super().__init__(float("inf"))


class Bar(UploadProgress):
    """On a terminal, in its last line, gone at the end."""

    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        super().__init__(BAR_SECONDS, clock)
        self._console = console

    def show(self) -> None:
        done = self.bytes_sent / self.size if self.size else self.files_arrived / max(self.files, 1)
        filled = min(int(done * BAR_WIDTH), BAR_WIDTH)
        self._console.footer([f"  {'█' * filled}{'░' * (BAR_WIDTH - filled)}  {self.text}"])

    def end(self) -> None:
        self._console.footer([])


class Lines(UploadProgress):
    """Where nobody watches: a line every ten seconds, none for an upload that is quick."""

    def __init__(self, say: Callable[[str], None], clock: Clock = time.monotonic) -> None:
        super().__init__(LINE_SECONDS, clock)
        self._say = say

    def show(self) -> None:
        self._say(f"site: {self.text} uploaded so far")


def progress_for(console: Console) -> UploadProgress:
    return Bar(console) if console.live else Lines(console)


def megabytes(size: int) -> str:
    """`size` bytes as text."""
    return f"{size / 1e6:,.1f}"
