"""``python -m tests.emulators [NAME…]``: print a table of every check and every emulator, and the reasons below it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.emulators.measured import measured
from tests.emulators.outcome import Outcome
from tests.emulators.servers import EMULATORS


def main(chosen: list[str]) -> int:
    unknown = [name for name in chosen if name not in EMULATORS]
    if unknown:
        known = ", ".join(f'"{name}"' for name in EMULATORS)
        sys.stderr.write(f"error: {', '.join(unknown)}: no such emulator\n  next: choose of {known}\n")
        return 2
    wanted = [EMULATORS[name] for name in chosen or EMULATORS]
    for emulator in wanted:
        if not emulator.is_installed:
            sys.stderr.write(f"{emulator.name}: not installed; docs/emulators.md has the commands\n")
    columns = {one.title(): measured(one) for one in wanted if one.is_installed}
    sys.stdout.writelines(f"{line}\n" for line in lines(columns))
    return 0


def lines(columns: dict[str, dict[str, Outcome]]) -> Iterator[str]:
    yield f"| check | {' | '.join(columns)} |"
    yield "| --- |" + " --- |" * len(columns)
    for name in next(iter(columns.values()), {}):
        yield f"| {name} | {' | '.join(outcomes[name].result for outcomes in columns.values())} |"
    for title, outcomes in columns.items():
        yield f"\n{title}:"
        yield from (f"- {name}: {outcome.reason}" for name, outcome in outcomes.items() if outcome.reason)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
