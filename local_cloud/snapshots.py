"""Keeps the visits in their file while the emulator runs. Lives in the emulator's process, so that a kill -9 of the
process that started it still ends in a last, exact snapshot."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from local_cloud.visits_file import Row
from local_cloud.visits_table import TableBusyError

logger = logging.getLogger("local_cloud.snapshots")

QUIET_SECONDS = 0.2
"""From a change to its snapshot: changes in between share it, and no more is lost to a kill -9 of everything."""

_SHARE = 4
"""Of the time, snapshots take at most one part in so many (plus one): those of a big table come more rarely."""

_RETRY_SECONDS = 0.5
_LAST_TRIES = 5


class Snapshots(threading.Thread):
    """read: every row as of one moment. write: the rows to the file. problem: told once when they cannot be saved."""

    def __init__(
        self,
        read: Callable[[], Sequence[Row]],
        write: Callable[[Sequence[Row]], None],
        problem: Callable[[str], None],
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        super().__init__(name="snapshots", daemon=True)
        self._read = read
        self._write = write
        self._problem = problem
        self._quiet_seconds = quiet_seconds
        self._changed = threading.Event()
        self._finishing = threading.Event()
        self._took_seconds = 0.0
        self._said = ""

    def changed(self) -> None:
        """Something was written to the table. Cheap: called for every write."""
        self._changed.set()

    def finish(self) -> None:
        """A last snapshot, if anything has changed since the one before; returns when it is on the disk."""
        self._finishing.set()
        self._changed.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        while not self._finishing.is_set():
            self._changed.wait()
            if self._finishing.wait(max(self._quiet_seconds, _SHARE * self._took_seconds)):
                break
            if not self._take():
                self._changed.set()
                self._finishing.wait(_RETRY_SECONDS)
        self._take_last()

    def _take_last(self) -> None:
        # Even when nothing seems to have changed: a write may be under way whose notice has not come.
        for _ in range(_LAST_TRIES):
            if self._take():
                return
            time.sleep(_RETRY_SECONDS / _LAST_TRIES)
        logger.error("the last snapshot failed; the file is as the one before left it")

    def _take(self) -> bool:
        """Whether the table as it stands is now in the file."""
        self._changed.clear()  # first: what is written from here on is for the next one
        started = time.monotonic()
        try:
            self._write(self._read())
        except TableBusyError:
            logger.warning("no snapshot: visits were counted all the while")
            return False
        except Exception as exc:  # noqa: BLE001 - whatever it is, the next try may succeed and must come
            self._say(exc)
            return False
        self._took_seconds = time.monotonic() - started
        self._said = ""
        return True

    def _say(self, exc: Exception) -> None:
        text = f"{type(exc).__name__}: {exc}"
        if text != self._said:
            logger.warning("no snapshot: %s", text)
            self._problem(f"the visits cannot be saved: {text}")
        self._said = text
