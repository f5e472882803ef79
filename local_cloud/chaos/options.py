"""The options of `build.py chaos`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from errors import UsageError

_VISITORS_AT_MOST = 200
_ROUNDS_AT_MOST = 10_000


@dataclass(frozen=True)
class Options:
    """The options. settings_path: settings.toml. rounds: None for each fault once. visitors: new ones in each round.
    only: names of faults; empty for all."""

    settings_path: Path
    seed: int
    rounds: int | None = None
    visitors: int = 10
    only: tuple[str, ...] = ()

    def again(self) -> str:
        """Return the command that repeats this run."""
        rounds = [] if self.rounds is None else ["--rounds", str(self.rounds)]
        only = [word for name in self.only for word in ("--only", name)]
        words = ["--seed", str(self.seed), *rounds, "--visitors", str(self.visitors), *only]
        return f"python3 build.py chaos {' '.join(words)}"


def a_seed() -> int:
    """Return a random seed."""
    return random.SystemRandom().randrange(10**6)


def check(options: Options, faults: tuple[str, ...]) -> None:
    """Raise UsageError for an option that cannot be used. faults: the names of the available faults."""
    unknown = [name for name in options.only if name not in faults]
    if unknown:
        raise UsageError(f"--only {unknown[0]}", "unknown fault", f"choose one of {', '.join(faults)}")
    if options.rounds is not None and not 1 <= options.rounds <= _ROUNDS_AT_MOST:
        raise UsageError(f"--rounds {options.rounds}", "is out of range", f"pass 1 to {_ROUNDS_AT_MOST:,}")
    if not 1 <= options.visitors <= _VISITORS_AT_MOST:
        raise UsageError(f"--visitors {options.visitors}", "is out of range", f"pass 1 to {_VISITORS_AT_MOST}")


def sequence(options: Options, faults: tuple[str, ...]) -> list[str]:
    """Return the faults of all rounds, in a random order from the seed; each occurs once before any is repeated.
    Pure."""
    chosen = [name for name in faults if not options.only or name in options.only]
    rng = random.Random(f"{options.seed}/order")  # noqa: S311 - not for cryptography
    rounds = len(chosen) if options.rounds is None else options.rounds
    order: list[str] = []
    while len(order) < rounds:
        order += rng.sample(chosen, len(chosen))
    return order[:rounds]
