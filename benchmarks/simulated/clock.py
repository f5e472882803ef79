"""Simulated time for synchronous code: tasks that sleep, one of which runs at a time.

Each task is a thread, but none runs while another does: a task that sleeps hands over to the one that is due next. The
order is therefore the same in every run.
"""

from __future__ import annotations

import itertools
import threading
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class _Ended(BaseException):
    """The simulation has ended. It is not an Exception, so that no handler catches it."""


def _taken() -> threading.Lock:
    """Return a lock that the next thread to acquire it waits for."""
    lock = threading.Lock()
    lock.acquire()
    return lock


class _Task:
    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.turn = _taken()
        self.thread: threading.Thread | None = None


class Clock:
    """The clock. `now` is in epoch seconds."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._limit = now
        self._queue: list[tuple[float, int, _Task]] = []
        self._order = itertools.count()
        self._main = _taken()
        self._current: _Task | None = None
        self._failure: BaseException | None = None
        self._ended = False

    def spawn(self, work: Callable[[], None], after: float = 0.0) -> None:
        """Start a task in `after` seconds."""
        self._push(self.now + after, _Task(work))

    def sleep(self, seconds: float) -> None:
        """Let the time of the current task pass. Called outside of a task, it does nothing."""
        task, until = self._current, self.now + seconds
        if task is None:
            return
        if until <= self._limit and (not self._queue or until < self._queue[0][0]):
            self.now = until
            return
        self._push(until, task)
        self._main.release()
        task.turn.acquire()
        if self._ended:
            raise _Ended

    def run(self, until: float) -> None:
        """Run the tasks until a time. Raises the exception of a task that failed."""
        self._limit = until
        while self._queue and self._queue[0][0] <= until:
            self.now, _, task = heappop(self._queue)
            self._resume(task)
        self.now = until

    def end(self) -> None:
        """End all tasks."""
        self._ended = True
        while self._queue:
            _, _, task = heappop(self._queue)
            if task.thread is not None:
                self._resume(task)

    def _push(self, at: float, task: _Task) -> None:
        heappush(self._queue, (at, next(self._order), task))

    def _resume(self, task: _Task) -> None:
        self._current = task
        if task.thread is None:
            task.thread = threading.Thread(target=self._work, args=(task,), daemon=True)
            task.thread.start()
        else:
            task.turn.release()
        self._main.acquire()
        self._current = None
        if self._failure is not None:
            raise self._failure

    def _work(self, task: _Task) -> None:
        try:
            task.work()
        except _Ended:
            pass
        except BaseException as error:  # noqa: BLE001 - the thread of `run` raises it
            self._failure = error
        self._main.release()
