"""The folder that persists between runs: the visits, the emulator's log, and a lock that allows one run at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from errors import LocalCloudError, OutputError

PRIVATE_UMASK = 0o077
"""Makes new files readable by this user only."""

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_PATIENCE_SECONDS = 5.0
"""Timeout after a killed run: its emulator still saves the last visits, which takes a fraction of a second."""

_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class State:
    """The open state folder. lock: the open file whose lock the emulator's process inherits, so that it is held until
    both have ended."""

    folder: Path
    lock: int

    @property
    def visits(self) -> Path:
        """Return the path of the file of visits."""
        return self.folder / "visits.json"

    @property
    def log(self) -> Path:
        """Return the path of the emulator's log."""
        return self.folder / "emulator.log"

    @property
    def temporary(self) -> Path:
        """Return the folder of the emulator's temporary files."""
        return self.folder / "tmp"


@contextmanager
def opened(folder: Path) -> Iterator[State]:
    """Open the folder: create it if missing, private to this user, lock it, and remove the leftovers of a killed run.

    Raises LocalCloudError when another run uses it, OutputError when it cannot be written.
    """
    folder = folder.resolve()
    try:
        _make_private(folder)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise _unwritable(folder, exc) from exc
    try:
        _acquire(lock, folder)
        state = State(folder, lock)
        try:
            _clear(state)
        except OSError as exc:
            raise _unwritable(folder, exc) from exc
        yield state
    finally:
        os.close(lock)


def _make_private(folder: Path) -> None:
    """Create the folder, or restrict it to this user. A folder of the user's that also has other content keeps its
    mode; the files that this project keeps in it are private. Raises OSError."""
    folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
    if (folder / "lock").exists() or not any(folder.iterdir()):
        folder.chmod(_PRIVATE_FOLDER)


def _acquire(lock: int, folder: Path) -> None:
    """Take the lock, which ends with its process. Does not wait for a run that is alive: raises LocalCloudError."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try(lock, folder):
        holder = os.pread(lock, 20, 0).decode("ascii", errors="replace").strip()
        if _is_alive(holder) or time.monotonic() > deadline:
            raise LocalCloudError(
                str(folder),
                f"is in use by another run of `build.py local` (process {holder or 'unknown'})",
                "stop that run, or pass --state with another folder",
            )
        time.sleep(_PAUSE_SECONDS)
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError as exc:
        raise _unwritable(folder, exc) from exc


def _try(lock: int, folder: Path) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as exc:  # a file system without locks
        raise _unwritable(folder, exc) from exc
    return True


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _clear(state: State) -> None:
    """Remove the unpacked function code of killed workers, and rotate the last run's log, of which one is kept."""
    shutil.rmtree(state.temporary, ignore_errors=True)
    state.temporary.mkdir(_PRIVATE_FOLDER, exist_ok=True)
    if state.log.exists():
        state.log.replace(state.log.with_suffix(".log.1"))
    state.log.touch(_PRIVATE_FILE)
    for kept in state.folder.glob("*.*"):
        if kept.is_file() and kept.name.startswith(("visits", "emulator.log")):
            kept.chmod(_PRIVATE_FILE)


def _unwritable(folder: Path, exc: OSError) -> OutputError:
    return OutputError(
        exc.filename or str(folder),
        f"cannot be written: {exc.strerror}",
        "make it writable and check the free space, or pass --state with another folder",
    )
