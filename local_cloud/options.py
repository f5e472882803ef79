"""What the user asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """settings_path: settings.toml. output: the folder of everything generated. port: 0 takes any free one.
    state: where the visits are kept; None is ``local`` in the output folder. fresh: begin with no visits."""

    settings_path: Path
    output: Path
    port: int = 8080
    open_browser: bool = True
    state: Path | None = None
    fresh: bool = False

    @property
    def state_folder(self) -> Path:
        return self.output / "local" if self.state is None else self.state
