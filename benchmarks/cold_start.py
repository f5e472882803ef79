"""A cold start: a fresh process, from the import of the handler to the answer of its first `$connect`, over TLS.

This router is run from its zip, extracted, and without compiled files, as Lambda finds it; the others are a handler as
one writes it with boto3 and its two clients, and the seed's shape on Node with aws-sdk v2. The router writes two rows,
the others one. The start of the interpreter itself, which Lambda does before the function's code, is left out for all.

Usage: python -m benchmarks.cold_start
"""

from __future__ import annotations

import io
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import measure, node
from deployment.package.router_zip import build_package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import Done

TIMES = 15
ROUTER, BOTO3, V2 = "this router", "boto3, two clients", "Node, aws-sdk v2"
HEAD = ("", "CPU ms", "ms", "of these, import ms")
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)")
_SHOWN = 12


def main() -> None:
    folder = node.install()
    with measure.trust() as trusted, measure.stand_in(trusted, 1, 0) as url, tempfile.TemporaryDirectory() as name:
        variables = {**measure.environment(url, trusted), "PYTHONDONTWRITEBYTECODE": "1"}
        home = _extract(Path(name))
        commands = {
            ROUTER: ([sys.executable, "connect_router.py"], home),
            BOTO3: ([sys.executable, str(measure.PEERS / "connect_boto3.py")], home),
            **({V2: (["node", "connect_v2.mjs"], folder)} if folder else {}),
        }
        # In turns, so that whatever else the machine does meets all alike.
        runs: dict[str, list[Done]] = defaultdict(list)
        for _ in range(TIMES):
            for who, (command, cwd) in commands.items():
                runs[who].append(measure.run(command, variables, cwd))
        spent = _imports(commands[ROUTER][0], variables, home)
    print(measure.table(HEAD, [_row(who, done) for who, done in runs.items()]))
    print()
    cpu = {who: _median(done, "cpu") for who, done in runs.items()}
    for who in cpu.keys() - {ROUTER}:
        target = " (target 0.70)" if who == BOTO3 else ""
        print(f"{cpu[ROUTER] / cpu[who]:.2f}x the CPU of {who}{target}")
    print(f"A second $connect, everything in place: {_median(runs[ROUTER], 'again') * 1000:.1f} ms")
    print("\nWhat the router's is spent on, in ms of import (with -X importtime, which makes it slower):\n")
    print(measure.table(("", "modules", "ms"), spent))


def _extract(folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(build_package().content)) as archive:
        archive.extractall(folder)
    for name in ("connect_router.py", "events.py"):
        shutil.copy(measure.PEERS / name, folder)
    return folder


def _row(who: str, runs: Sequence[Done]) -> list[object]:
    milliseconds = [f"{_median(runs, name) * 1000:.0f}" for name in ("cpu", "seconds", "import")]
    return [who, *milliseconds]


def _median(runs: Sequence[Done], name: str) -> float:
    return statistics.median(float(done.result[name]) for done in runs)


def _imports(command: Sequence[str], variables: Mapping[str, str], home: Path) -> list[list[object]]:
    """By top-level package, the dearest first: number of modules, milliseconds of their own."""
    timed = [command[0], "-X", "importtime", *command[1:]]
    done = subprocess.run(timed, env=dict(variables), cwd=home, capture_output=True, text=True, check=True)
    _, _, lines = done.stderr.partition("| events\n")  # before it: the interpreter's own
    spent: dict[str, list[int]] = defaultdict(list)
    for microseconds, module in _IMPORTED.findall(lines):
        spent[module.partition(".")[0]].append(int(microseconds))
    ranked = sorted(spent.items(), key=lambda item: -sum(item[1]))
    rest = [own for _, owns in ranked[_SHOWN:] for own in owns]
    return [
        *([package, len(owns), f"{sum(owns) / 1000:.1f}"] for package, owns in ranked[:_SHOWN]),
        ["the rest", len(rest), f"{sum(rest) / 1000:.1f}"],
    ]


if __name__ == "__main__":
    main()
