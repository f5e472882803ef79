"""What the embedded cloud needs to know about an emulator to run it. Everything else about it is in its own folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Environment(Protocol):
    """A function that returns the whole environment of the emulator's process.

    user: the environment of the user. port: of the emulator's socket. key: the one that every request must have.
    temporary: a folder for the emulator's temporary files.
    """

    def __call__(
        self, user: Mapping[str, str], *, port: int, region: str, key: str, temporary: Path
    ) -> dict[str, str]: ...


@dataclass(frozen=True)
class EmulatorType:
    """A kind of emulator. module: what ``python -m`` runs, with the descriptor of the listening socket and the state
    folder as arguments."""

    module: str
    environment: Environment
