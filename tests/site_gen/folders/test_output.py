"""The destination is complete or unchanged, however the build is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

from errors import OutputError
from site_gen.folders.output import LEFTOVER_AGE, swap, write_site

OLD = {PurePosixPath("index.html"): b"old", PurePosixPath("assets/a.css"): b"old"}
NEW = {PurePosixPath("index.html"): b"new"}


class Interrupted(Mapping[PurePosixPath, "bytes | Path"]):
    """Contents whose writing is interrupted by Ctrl-C: one file is written, then the exception is raised."""

    def __getitem__(self, path: PurePosixPath) -> bytes:
        if path.name == "second":
            raise KeyboardInterrupt
        return b"half"

    def __iter__(self) -> Iterator[PurePosixPath]:
        return iter([PurePosixPath("index.html"), PurePosixPath("second")])

    def __len__(self) -> int:
        return 2


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_new_contents_replace_the_old_wholly(tmp_path: Path) -> None:
    destination = tmp_path / "deep" / "site"
    assert write_site(OLD, destination)
    assert write_site(NEW, destination)
    assert names(tmp_path) == ["deep/site/index.html"]
    assert (destination / "index.html").read_bytes() == b"new"


def test_equal_contents_change_nothing(tmp_path: Path) -> None:
    assert write_site(OLD, tmp_path / "site")
    assert not write_site(OLD, tmp_path / "site")


def test_ctrl_c_keeps_the_old_site_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_site(OLD, tmp_path / "site")
    with pytest.raises(KeyboardInterrupt):
        write_site(Interrupted(), tmp_path / "site")
    assert names(tmp_path) == ["site/assets/a.css", "site/index.html"]
    assert (tmp_path / "site" / "index.html").read_bytes() == b"old"


KILLED_MIDWAY = """
import os, signal, sys
from pathlib import Path, PurePosixPath
from site_gen.folders.output import write_site

class Killed(dict):
    def items(self):
        yield PurePosixPath("index.html"), b"half"
        os.kill(os.getpid(), signal.SIGKILL)

write_site(Killed(), Path(sys.argv[1]))
"""


def test_kill_9_keeps_the_old_site(tmp_path: Path) -> None:
    write_site(OLD, tmp_path / "site")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", KILLED_MIDWAY, str(tmp_path / "site")]
    ended = subprocess.run(command, cwd=root, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert names(tmp_path / "site") == ["assets/a.css", "index.html"]
    assert (tmp_path / "site" / "index.html").read_bytes() == b"old"
    assert write_site(NEW, tmp_path / "site")


def test_a_failed_swap_brings_the_old_site_back(tmp_path: Path) -> None:
    write_site(OLD, tmp_path / "site")
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "never written", tmp_path / "site", tmp_path / "old")
    assert names(tmp_path) == ["site/assets/a.css", "site/index.html"]


def test_a_file_that_vanishes_while_it_is_copied_keeps_the_old_site(tmp_path: Path) -> None:
    write_site(OLD, tmp_path / "site")
    with pytest.raises(OutputError, match="cannot be read") as caught:
        write_site({PurePosixPath("index.html"): tmp_path / "gone"}, tmp_path / "site")
    assert caught.value.where == str(tmp_path / "gone")
    assert (tmp_path / "site" / "index.html").read_bytes() == b"old"


def test_leftovers_of_killed_builds_go_and_a_running_build_stays(tmp_path: Path) -> None:
    old, running = tmp_path / ".site.staging-old", tmp_path / ".site.staging-running"
    for folder in (old, running):
        (folder / "new").mkdir(parents=True)
    age = running.stat().st_mtime - LEFTOVER_AGE - 60
    os.utime(old, (age, age))
    write_site(NEW, tmp_path / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == [running.name, "site"]


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("precious")
    with pytest.raises(OutputError, match="is a file"):
        write_site(NEW, tmp_path / "site")
    assert (tmp_path / "site").read_text() == "precious"


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_site(NEW, tmp_path / "output" / "site")
    assert str(tmp_path / "output") in caught.value.where


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_site(NEW, tmp_path / "site")
    finally:
        tmp_path.chmod(0o755)
