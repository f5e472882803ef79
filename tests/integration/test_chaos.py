"""`build.py chaos` itself: every fault once without a violation; a faulty system is detected; nothing is left
behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from local_cloud.chaos.faults import FAULTS
from tests.local_system import marked, wait_until

pytestmark = pytest.mark.cloud

PATIENCE = 300
"""Timeout in seconds; a run takes about ten on an idle machine."""


class Chaos:
    """A run of `build.py chaos` in `project`, with a temporary folder of its own."""

    def __init__(self, project: Path, *arguments: str) -> None:
        self.mark = uuid.uuid4().hex
        self.temporary = project.parent / "temporary"
        self.temporary.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "build.py", "chaos", *arguments],
            cwd=project,
            env={**os.environ, "TEST_MARK": self.mark, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finished(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=PATIENCE)
        wait_until(lambda: not marked(self.mark), "every process has ended")
        assert "Traceback" not in output
        return self.process.returncode, output


def rights(output: str) -> list[str]:
    """Return the last column of each round and of the end."""
    return [line.split()[-1] for line in output.splitlines() if line.split(" ")[0].isdecimal() or line[:3] == "end"]


def test_after_each_fault_the_count_is_right_and_nothing_is_left(project: Path) -> None:
    chaos = Chaos(project, "--seed", "20261124", "--visitors", "4")
    code, output = chaos.finished()
    assert code == 0, output
    assert rights(output) == ["yes"] * (len(FAULTS) + 1)
    assert all(f"  {fault} " in output for fault in FAULTS)
    assert "of the router: none" not in output
    for refusing in ("full-queue", "full-disk", "kill-emulator"):
        assert re.search(rf"  {refusing} .* [1-9][0-9]* refused", output), "the fault was felt"
    assert output.splitlines()[-1] == "All right, every time (seed 20261124)"
    assert not list(chaos.temporary.iterdir())
    assert not (project / "output").exists(), "what is the user's is left alone"


WRONG = {
    "counted again when delivered again": (
        *(
            "replay",
            "router/storage/transaction.py",
            '"ConditionExpression": f"attribute_exists({tables.UNCOUNTED})",',
            "",
        ),
        "visits are marked as counted",
    ),
    "counted again when it connects again": (
        *("reuse", "router/storage/transaction.py", '"Item": item, "ConditionExpression": IS_NEW}', '"Item": item}'),
        "visits are marked as counted",
    ),
    "not swept": (
        *("reuse", "router/handlers/sweep.py", "invocation.store.connections.delete_all(page)", "pass"),
        "connections are stored, but 0 pages are open",
    ),
}


@pytest.mark.parametrize("defect", WRONG)
def test_a_router_that_is_wrong_is_found_out(project: Path, defect: str) -> None:
    fault, file, right, wrong, said = WRONG[defect]
    source = project / file
    assert source.read_text().count(right) == 1
    source.write_text(source.read_text().replace(right, wrong))
    chaos = Chaos(project, "--seed", "3", "--rounds", "2", "--only", fault, "--visitors", "4")
    code, output = chaos.finished()
    assert code == 1, output
    assert rights(output)[-1] == "NO"
    assert said in " ".join(line[70:112].strip() for line in output.splitlines())
    *_, kept, verdict = output.splitlines()
    command = f"python3 build.py chaos --seed 3 --rounds 2 --visitors 4 --only {fault}"
    assert verdict == f"NOT RIGHT (seed 3); to repeat it: {command}"
    assert Path(kept.rpartition(" ")[2], "state", "emulator.log").is_file()


def test_ctrl_c_stops_it_and_leaves_nothing(project: Path) -> None:
    chaos = Chaos(project, "--seed", "5", "--only", "kill-emulator", "--rounds", "100", "--visitors", "4")
    assert chaos.process.stdout is not None
    while not chaos.process.stdout.readline().startswith("-----"):
        assert chaos.process.poll() is None
    chaos.process.send_signal(signal.SIGINT)
    chaos.process.send_signal(signal.SIGINT)
    code, output = chaos.finished()
    assert (code, output.splitlines()[-1]) == (130, "Stopped before the end (seed 5)")
    assert not list(chaos.temporary.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--only", "flood"], "unknown fault"), (["--settings", "missing.toml"], "missing.toml")],
)
def test_what_cannot_be_done_is_one_error_and_starts_nothing(project: Path, arguments: list[str], said: str) -> None:
    code, output = Chaos(project, *arguments).finished()
    assert code == 2
    error, *steps = output.splitlines()
    assert error.startswith("error: ")
    assert said in error
    assert [step.split()[0] for step in steps] == ["next:"]
