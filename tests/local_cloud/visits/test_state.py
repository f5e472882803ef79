"""One run at a time uses a state folder, and a killed one does not block the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from errors import LocalCloudError, OutputError
from local_cloud.emulator import PROJECT
from local_cloud.visits import state

HOLD = """
import sys
from pathlib import Path
from local_cloud.visits import state
with state.opened(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Start another process that holds the folder until it ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_is_refused_with_the_folder_and_the_process(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        with pytest.raises(LocalCloudError, match=f"process {holder.pid}") as refused, state.opened(tmp_path):
            pass
        assert str(tmp_path) in refused.value.where
        assert "--state" in refused.value.next_step


def test_a_killed_run_leaves_the_folder_free(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        holder.kill()
    with state.opened(tmp_path):
        pass


def test_it_waits_for_the_emulator_of_a_killed_run_that_still_saves(tmp_path: Path) -> None:
    """The emulator has inherited the lock; here a shell that sleeps briefly stands in for it."""
    with state.opened(tmp_path) as opened:
        lingering = subprocess.Popen(["sleep", "0.5"], pass_fds=[opened.lock])
    (tmp_path / "lock").write_text("999999999\n")  # the process that wrote it is gone
    with lingering, state.opened(tmp_path):
        assert lingering.wait() == 0


def test_what_a_killed_run_left_is_cleared_and_its_log_kept_once(tmp_path: Path) -> None:
    (tmp_path / "tmp/left").mkdir(parents=True)
    (tmp_path / "emulator.log").write_text("the run before\n")
    (tmp_path / "visits.json").write_text("kept")
    with state.opened(tmp_path) as opened:
        assert list(opened.temporary.iterdir()) == []
        assert opened.log.read_text() == ""
        assert opened.visits.read_text() == "kept"
    assert (tmp_path / "emulator.log.1").read_text() == "the run before\n"


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"), state.opened(tmp_path / "file/local"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"), state.opened(tmp_path):
        pass


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}


def test_the_folder_and_what_is_in_it_is_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    for _ in range(2):
        with state.opened(folder):
            (folder / "visits.json").write_text("{}")
            (folder / "emulator.log").write_text("")
    with state.opened(folder):
        assert modes(folder) == {0}


def test_a_folder_left_open_by_an_earlier_version_is_closed(tmp_path: Path) -> None:
    (tmp_path / "lock").touch(0o600)
    for name in ("visits.json", "emulator.log"):
        (tmp_path / name).touch(0o644)
    (tmp_path / "tmp").mkdir(0o755)
    tmp_path.chmod(0o755)
    with state.opened(tmp_path):
        assert modes(tmp_path) == {0}


def test_a_folder_that_has_other_uses_stays_open_and_what_is_ours_in_it_does_not(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch(0o644)
    (tmp_path / "visits.json").touch(0o644)
    tmp_path.chmod(0o755)
    with state.opened(tmp_path) as opened:
        assert tmp_path.stat().st_mode & 0o777 == 0o755
        assert (tmp_path / "notes.txt").stat().st_mode & 0o777 == 0o644
        ours = (opened.visits, opened.log, opened.temporary, tmp_path / "lock")
        assert {path.stat().st_mode & 0o077 for path in ours} == {0}
