"""A journal survives truncation anywhere, reports damage, and completes a line that a full disk interrupted."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import LocalCloudError
from local_cloud.emulator import PROJECT
from local_cloud.visits import journal, visits_file
from local_cloud.visits.journal import Journal
from tests.local_cloud.sample_rows import count, visit

LINES: list[journal.Changes] = [
    {"visit#a": visit("a", uncounted=True)},
    {"visit#a": visit("a"), "visitorCount": count(1)},
    {"visit#a": None, "visit#é\n": visit("é\n")},
]


def write(path: Path) -> bytes:
    written = Journal(path)
    for line in LINES:
        written.append({key: None if row is None else visits_file.text_of(row) for key, row in line.items()})
    written.close()
    content = path.read_bytes()
    assert written.size == len(content)
    return content


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert journal.read(path, last=True) == []
    write(path)
    assert journal.read(path, last=True) == journal.read(path, last=False) == LINES


def test_cut_anywhere_the_whole_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    content = write(path)
    ends = [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]
    for length in range(len(content)):
        path.write_bytes(content[:length])
        whole = sum(end <= length for end in ends)
        assert journal.read(path, last=True) == LINES[:whole]
        if length not in (0, *ends):
            with pytest.raises(LocalCloudError, match="is incomplete"):
                journal.read(path, last=False)


def test_a_last_line_of_zeros_is_torn_too(tmp_path: Path) -> None:
    """A power failure leaves zeros when the file's length was written but its data was not."""
    path = tmp_path / "journal"
    content = write(path)
    path.write_bytes(content + bytes(4096))
    assert journal.read(path, last=True) == LINES


@settings(max_examples=60)
@given(st.data())
def test_any_damage_is_noticed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "journal"
    content = bytearray(write(path))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    path.write_bytes(content)
    if at == len(content) - 1:  # the last line's end: it has none
        assert journal.read(path, last=True) == LINES[:-1]
        return
    with pytest.raises(LocalCloudError) as error:
        journal.read(path, last=True)
    assert error.value.where == str(path)
    assert "--fresh" in error.value.next_step


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_an_error_and_what_was_to_be_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.symlink_to("/dev/full")
    full = Journal(path)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left") as error:
            full.append({"visit#a": "{}"})
        assert error.value.errno == errno.ENOSPC
    assert full.size == 0
    full.close()


ROOM = """
import resource, sys
from pathlib import Path
from local_cloud.visits.journal import Journal
journal = Journal(Path(sys.argv[1]))
line = {"visit#a": '{"id":{"S":"visit#a"}}'}
try:
    while True:
        journal.append(line)
except OSError as error:
    print(error.strerror, Path(sys.argv[1]).stat().st_size)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(line)
print(journal.size)
"""


def test_a_line_that_broke_off_is_finished_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    result = subprocess.run(
        [sys.executable, "-c", ROOM, str(path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    said, size = result.stdout.splitlines()
    assert said == "File too large 1000", "in the middle of a line"
    found = journal.read(path, last=False)
    assert found == [{"visit#a": visit("a")}] * len(found)
    assert int(size) == path.stat().st_size > 1000
