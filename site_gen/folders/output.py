"""The destination folder, replaced as a whole: it holds the new site or the previous one, never a mixture."""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from errors import OutputError
from site_gen.folders.access import explain_os_errors

# By path inside the site: the bytes to write, or the file to copy.
Contents = Mapping[PurePosixPath, "bytes | Path"]

LEFTOVER_AGE = 3600  # seconds; no build runs that long, so an older staging folder belongs to one that was killed


def write_site(contents: Contents, destination: Path) -> bool:
    """Make `destination` hold exactly `contents`; return True if that changed anything.

    Everything is written to a hidden folder beside the destination first, so that a rename does not cross file systems.
    Raises OutputError; the destination is then unchanged.
    """
    with explain_os_errors(destination, "written"):
        if destination.exists() and not destination.is_dir():
            raise OutputError(str(destination), "is a file, and the site needs a folder", "move the file away")
        destination.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=staging_prefix(destination), dir=destination.parent))
        try:
            remove_leftovers(staging, destination)
            return stage_and_swap(contents, staging, destination)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def stage_and_swap(contents: Contents, staging: Path, destination: Path) -> bool:
    """Write the files to `staging` and put them in place of `destination`.

    Return False, and leave `destination` unchanged, if it has the same files already. Raises OSError, and OutputError
    for a file that cannot be copied.
    """
    new = staging / "new"
    new.mkdir()
    for path, content in contents.items():
        write_file(new / path, content)
    if same_files(new, destination):
        return False
    swap(new, destination, staging / "old")
    return True


def write_file(path: Path, content: bytes | Path) -> None:
    """Write a file and create its folders. content: its bytes, or the file to copy. Raises OSError, and OutputError if
    the file to copy cannot be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
        return
    with explain_os_errors(content, "read"):
        original = content.open("rb")
    with original, path.open("wb") as copy:
        shutil.copyfileobj(original, copy)


def same_files(one: Path, other: Path) -> bool:
    """Return True if both folders have the same files with the same content."""
    names = list_files(one)
    if names != list_files(other):
        return False
    _, different, unreadable = filecmp.cmpfiles(one, other, names, shallow=False)
    return not different and not unreadable


def list_files(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, relative to it and sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def swap(new: Path, destination: Path, old: Path) -> None:
    """Replace `destination` by `new` with two renames. If the second one is interrupted, by Ctrl-C for instance,
    restore the old site. Raises OSError."""
    try:
        if destination.exists():
            destination.rename(old)
        new.rename(destination)
    except BaseException:
        if old.exists() and not destination.exists():
            old.rename(destination)
        raise


def staging_prefix(destination: Path) -> str:
    """Return the start of the names of staging folders for `destination`, by which abandoned ones are found."""
    return f".{destination.name}.staging-"


def remove_leftovers(staging: Path, destination: Path) -> None:
    """Remove the staging folders of builds that were killed. Ages are relative to our own new folder, by the disk's
    clock."""
    now = staging.stat().st_mtime
    for folder in destination.parent.glob(f"{staging_prefix(destination)}*"):
        with suppress(FileNotFoundError):  # another build has just removed it
            if now - folder.stat().st_mtime > LEFTOVER_AGE:
                shutil.rmtree(folder, ignore_errors=True)
