"""The options of `build.py local`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The options. settings_path: settings.toml. output: the folder of generated files. port: 0 takes any free one.
    state: the folder of the visits; None is ``local`` in the output folder. fresh: start with no visits."""

    settings_path: Path
    output: Path
    port: int = 8080
    open_browser: bool = True
    state: Path | None = None
    fresh: bool = False

    @property
    def state_folder(self) -> Path:
        """Return the folder of the saved visits: the one given, or that in the output folder."""
        return self.output / "local" if self.state is None else self.state
