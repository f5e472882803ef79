"""The benchmark of deploys: CPU of a tree of processes, the kill, the tables."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from benchmarks.deploys import report
from benchmarks.deploys.contestants import CONTESTANTS, Cdk, Ours, Sam, lines_of
from benchmarks.deploys.operations import Result
from benchmarks.deploys.process import Done, run, run_all, run_killed

BUSY = "import time\nwhile time.process_time() < 0.2: pass"


def test_the_cpu_includes_the_processes_that_a_command_starts(tmp_path: Path) -> None:
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True)"
    done = run((sys.executable, "-c", outer), tmp_path, os.environ)
    assert done.code == 0
    assert done.cpu >= 0.2


def test_a_script_ends_at_the_first_failure(tmp_path: Path) -> None:
    done = run_all((("sh", "-c", "echo one; exit 3"), ("echo", "two")), tmp_path, os.environ)
    assert (done.code, done.output) == (3, "one\n")


def test_a_command_is_killed_at_the_moment(tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    done = run_killed(("sh", "-c", f"touch {marker}; sleep 100"), tmp_path, os.environ, marker.exists)
    assert done.code == -signal.SIGKILL


def test_the_properties_that_are_changed_are_in_each_contestants_files() -> None:
    for kind in (Sam, Cdk):
        for text in (kind.value[1], kind.key[1]):
            assert kind.written().count(text) == 1
    assert Ours.written().count(Ours.value[1]) == 1
    assert [lines_of(kind) < 10 for kind in CONTESTANTS] == [True, False, False]


def test_the_tables_have_medians_and_say_what_is_not_offered() -> None:
    runs = [Result(Done(0, cpu, 2.0, ""), "shown") for cpu in (1.0, 5.0, 3.0)]
    text = report.measured([["", "a", "b"]], {"plan": {"a": runs, "b": [None]}})
    assert "3.0, 1.0-5.0 (2)" in text
    assert report.NOT_OFFERED in text
    assert "0 of 1" in report.kills({"a": [[Result(Done(-9, 1, 1, ""), ""), *[Result(Done(1, 1, 1, ""), "")] * 5]]})
