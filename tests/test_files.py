"""Atomic writes: the new file or the old one."""

from __future__ import annotations

import errno
import resource
from pathlib import Path

import pytest

from errors import OutputError
from files import write_atomically


def test_a_file_is_replaced_without_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "deep/output/template.json"
    for content in (b"one", b"two"):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_of_the_same_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "router.zip").mkdir()
    with pytest.raises(OutputError, match=r"router\.zip: cannot be written"):
        write_atomically(tmp_path / "router.zip", b"zip")
    assert [path.name for path in tmp_path.iterdir()] == ["router.zip"]


def test_a_file_instead_of_the_parent_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "output").touch()
    with pytest.raises(OutputError) as caught:
        write_atomically(tmp_path / "output/router.zip", b"zip")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in {errno.EEXIST, errno.ENOTDIR}


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "router.zip"
    write_atomically(path, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OutputError, match=r"router\.zip: cannot be written"):
            write_atomically(path, b"new" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
