"""Deploys of the same application to the same emulator, by this project, `sam deploy` and `cdk deploy`.

The application: a bucket behind a distribution, a WebSocket API with three routes, one router function with its stream
mapping, schedule and log group, two tables. Each contestant deploys what its users would write (peers/deploys); the
router's code and the site are the same. The measurements alternate between the contestants, each time with a new stack
and a new copy of the application. Then each is killed, on an emulator that takes its time for a resource.

The peers are looked for in output/benchmarks/deploys; one that is not installed is left out, and the note says what is
missing. SST is not measured: it installs Pulumi and its AWS provider from GitHub when it starts.

Usage: python -m benchmarks.deploys [--runs 5] [--kills 3] [--seconds-per-resource 0.3]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.deploys import report
from benchmarks.deploys.cloud import Cloud, emulator
from benchmarks.deploys.contestants import CONTESTANTS, TRANSLATOR, Contestant, lines_of
from benchmarks.deploys.operations import OPERATIONS, Result, killed
from benchmarks.deploys.process import run_all

if TYPE_CHECKING:
    from benchmarks.deploys.contestants import Cdk, Ours, Sam

    Kind = type[Ours | Sam | Cdk]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deploys", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seconds-per-resource", type=float, default=0.3)
    options = parser.parse_args()
    translator = TRANSLATOR if TRANSLATOR.is_dir() else None
    kinds = [kind for kind in CONTESTANTS if _is_installed(kind)]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        cloud = stack.enter_context(emulator(folder / "emulator", translator))
        slow = stack.enter_context(emulator(folder / "slow", translator, options.seconds_per_resource))
        rows = _constants(kinds, folder, (cloud, slow))
        print(report.measured(rows, _measure(kinds, folder, cloud, options.runs)), flush=True)
        if options.kills:
            print()
            print(report.kills(_kill(kinds, folder, slow, options.kills)))


def _is_installed(kind: Kind) -> bool:
    if missing := kind.missing():
        print(f"{kind.name} is left out; below output/benchmarks/deploys there is no {missing}\n")
    return not missing


def _constants(kinds: list[Kind], folder: Path, clouds: tuple[Cloud, Cloud]) -> list[list[str]]:
    """Prepare the accounts; return the rows that do not depend on a run."""
    taken = [_bootstrapped(kind, folder, clouds) for kind in kinds]
    return [
        ["CPU s of median, lowest-highest (wall s)", *(kind.name for kind in kinds)],
        ["lines that a user writes", *(str(lines_of(kind)) for kind in kinds)],
        ["commands of a deploy", *(str(kind.commands) for kind in kinds)],
        ["once per account", *(f"{seconds:.1f}" if seconds else "-" for seconds in taken)],
    ]


def _bootstrapped(kind: Kind, folder: Path, clouds: tuple[Cloud, Cloud]) -> float:
    """Prepare both accounts, and return the CPU seconds for the first."""
    taken = []
    for number, cloud in enumerate(clouds):
        one = kind.create(folder / f"bootstrap-{kind.__name__}-{number}", "bootstrap", cloud)
        done = run_all(one.bootstrap(), one.folder, cloud.environment)
        assert not done.code, done.output[-3000:]
        taken.append(done.cpu)
    return taken[0]


def _measure(kinds: list[Kind], folder: Path, cloud: Cloud, runs: int) -> dict[str, dict[str, list[Result | None]]]:
    """Return the results by operation, then by contestant."""
    results: dict[str, dict[str, list[Result | None]]] = defaultdict(lambda: defaultdict(list))
    for number in range(runs):
        turn = number % len(kinds)
        applications = [_application(kind, folder, f"run-{number}", cloud) for kind in kinds[turn:] + kinds[:turn]]
        for operation, measure in OPERATIONS.items():
            for one in applications:
                result = measure(one)
                results[operation][one.name].append(result)
                one.restore()
                report.progress(number, one.name, operation, result)
    return results


def _kill(kinds: list[Kind], folder: Path, cloud: Cloud, times: int) -> dict[str, list[list[Result]]]:
    """Return, by contestant, for each kill its result and those of what followed it."""
    results: dict[str, list[list[Result]]] = defaultdict(list)
    for number in range(times):
        for kind in kinds:
            one = _application(kind, folder, f"kill-{number}", cloud)
            results[one.name].append(killed(one))
            for result in results[one.name][-1]:
                report.progress(number, one.name, "killed", result)
    return results


def _application(kind: Kind, folder: Path, name: str, cloud: Cloud) -> Contestant:
    name = f"{name}-{kind.__name__.lower()}"
    return kind.create(folder / name, name, cloud)


if __name__ == "__main__":
    main()
