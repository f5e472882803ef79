"""Snapshots follow changes, share bursts, come back from failures, and the last one is exact."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local_cloud.snapshots import Snapshots
from local_cloud.visits_file import Row
from local_cloud.visits_table import TableBusyError

PATIENCE = 20.0


class Rig:
    """A table of one number and a file of it; `failures` are raised first, one a try."""

    def __init__(self, *failures: Exception) -> None:
        self.table = 0
        self.file = -1
        self.taken = 0
        self.problems: list[str] = []
        self.saved = threading.Condition()
        self._failures = list(failures)

    def read(self) -> Sequence[Row]:
        if self._failures:
            raise self._failures.pop(0)
        return [{"id": {"S": "visitorCount"}, "currentCount": {"N": str(self.table)}}]

    def write(self, rows: Sequence[Row]) -> None:
        with self.saved:
            self.file = int(rows[0]["currentCount"]["N"])
            self.taken += 1
            self.saved.notify_all()

    def until_file_is(self, number: int) -> None:
        with self.saved:
            assert self.saved.wait_for(lambda: self.file == number, PATIENCE)

    @contextmanager
    def running(self, quiet_seconds: float = 0.01) -> Iterator[Snapshots]:
        snapshots = Snapshots(self.read, self.write, self.problems.append, quiet_seconds)
        snapshots.start()
        try:
            yield snapshots
        finally:
            snapshots.finish()
        assert not snapshots.is_alive()


def test_a_change_is_saved_without_being_asked() -> None:
    rig = Rig()
    with rig.running() as snapshots:
        rig.table = 5
        snapshots.changed()
        rig.until_file_is(5)
        rig.table = 6
        snapshots.changed()
        rig.until_file_is(6)


def test_a_burst_shares_snapshots() -> None:
    rig = Rig()
    with rig.running(quiet_seconds=0.1) as snapshots:
        for number in range(1, 501):
            rig.table = number
            snapshots.changed()
        rig.until_file_is(500)
        assert rig.taken <= 3


def test_the_last_snapshot_is_taken_at_once_and_has_everything() -> None:
    rig = Rig()
    with rig.running(quiet_seconds=3600) as snapshots:
        rig.table = 7
        snapshots.changed()
    assert rig.file == 7


def test_the_last_snapshot_needs_no_change_to_be_taken() -> None:
    """A write may have been applied whose notice has not come yet."""
    rig = Rig()
    with rig.running(quiet_seconds=3600):
        rig.table = 8
    assert rig.file == 8


def test_a_failure_is_told_once_and_tried_again() -> None:
    full = OSError("No space left on device")
    rig = Rig(TableBusyError(), full, full)
    with rig.running() as snapshots:
        rig.table = 9
        snapshots.changed()
        rig.until_file_is(9)
    assert rig.problems == ["the visits cannot be saved: OSError: No space left on device"]


def test_the_end_comes_even_if_nothing_can_be_saved() -> None:
    rig = Rig(*[OSError("Read-only file system")] * 100)
    with rig.running() as snapshots:
        snapshots.changed()
    assert rig.file == -1
    assert rig.problems
