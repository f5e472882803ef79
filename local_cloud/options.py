"""The options of `build.py local`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from errors import UsageError

MIN_BUDGET_MONTH, MAX_BUDGET_MONTH = 10, 31 * 86_400


@dataclass(frozen=True)
class Options:
    """The options. settings_path: settings.toml. output: the folder of generated files. port: 0 takes any free one.
    state: the folder of the visits; None is ``local`` in the output folder. fresh: start with no visits. budget_month:
    the seconds of a month of the budget; 0: a calendar month."""

    settings_path: Path
    output: Path
    port: int = 8080
    open_browser: bool = True
    state: Path | None = None
    fresh: bool = False
    budget_month: int = 0

    def __post_init__(self) -> None:
        """Raise UsageError for a month that the budget cannot have."""
        if self.budget_month and not MIN_BUDGET_MONTH <= self.budget_month <= MAX_BUDGET_MONTH:
            raise UsageError(
                f"--budget-month {self.budget_month}",
                "is out of range",
                f"give {MIN_BUDGET_MONTH} to {MAX_BUDGET_MONTH} seconds; a step is acted upon once a minute",
            )

    @property
    def state_folder(self) -> Path:
        """Return the folder of the saved visits: the one given, or that in the output folder."""
        return self.output / "local" if self.state is None else self.state
