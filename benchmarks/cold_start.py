"""Cold starts: a new process, from the import of the handler to the response to its first `$connect`, over TLS.

This router runs from its extracted zip file, without compiled files, as in Lambda. The alternatives are a typical
handler with two boto3 clients, and the design of the original project on Node with aws-sdk v2. The router writes two
items, the others one. The start of the interpreter, which Lambda performs before it loads the function, is excluded.
Each loads the root certificates that it would load in Lambda, and that of the fake server: the others all of their
default ones, the router the few of AWS that its zip file has.

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
from deployment.package import root_certificates
from deployment.package.router_zip import build_package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import RunResult

RUNS = 15
ROUTER, BOTO3, V2 = "this router", "boto3, two clients", "Node, aws-sdk v2"
HEAD = ("", "CPU ms", "ms", "import ms")
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +([\w.]+)")
_SHOWN_PACKAGES = 12


def main() -> None:
    folder = node.install()
    with measure.trust() as trusted, measure.stand_in(trusted, 1, 0) as url, tempfile.TemporaryDirectory() as temporary:
        variables = {**measure.environment(url, trusted), "PYTHONDONTWRITEBYTECODE": "1"}
        home = _extract(Path(temporary))
        commands = {
            ROUTER: ([sys.executable, "connect_router.py"], home),
            BOTO3: ([sys.executable, str(measure.PEERS / "connect_boto3.py")], home),
            **({V2: (["node", "connect_v2.mjs"], folder)} if folder else {}),
        }
        # Alternate between them, so that other load on the machine affects all equally.
        runs: dict[str, list[RunResult]] = defaultdict(list)
        of_aws = {**variables, "AWS_CA_BUNDLE": str(_with_roots_of_aws(home, trusted.authority))}
        for _ in range(RUNS):
            for name, (command, cwd) in commands.items():
                runs[name].append(measure.run(command, of_aws if name == ROUTER else variables, cwd))
        spent = _imports(commands[ROUTER][0], variables, home)
    print(measure.table(HEAD, [_row(name, done) for name, done in runs.items()]))
    print()
    cpu = {name: _median(done, "cpu") for name, done in runs.items()}
    for name in cpu.keys() - {ROUTER}:
        target = " (target 0.70)" if name == BOTO3 else ""
        print(f"{cpu[ROUTER] / cpu[name]:.2f}x the CPU of {name}{target}")
    print(f"A second $connect (warm): {_median(runs[ROUTER], 'again') * 1000:.1f} ms")
    print("\nImport time of the router by package, in ms (with -X importtime, which adds overhead):\n")
    print(measure.table(("", "modules", "ms"), spent))


def _extract(folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(build_package().content)) as archive:
        archive.extractall(folder)
    for name in ("connect_router.py", "events.py"):
        shutil.copy(measure.PEERS / name, folder)
    return folder


def _with_roots_of_aws(home: Path, authority: Path) -> Path:
    """Return a bundle with the roots in the zip file and that of the fake server."""
    bundle = home / "bundle.pem"
    bundle.write_bytes((home / "router" / root_certificates.PLACE).read_bytes() + authority.read_bytes())
    return bundle


def _row(label: str, runs: Sequence[RunResult]) -> list[object]:
    milliseconds = [f"{_median(runs, name) * 1000:.0f}" for name in ("cpu", "seconds", "import")]
    return [label, *milliseconds]


def _median(runs: Sequence[RunResult], name: str) -> float:
    return statistics.median(float(done.result[name]) for done in runs)


def _imports(command: Sequence[str], variables: Mapping[str, str], home: Path) -> list[list[object]]:
    """Return the number of modules and their own import time in ms by top-level package, the slowest first."""
    timed = [command[0], "-X", "importtime", *command[1:]]
    done = subprocess.run(timed, env=dict(variables), cwd=home, capture_output=True, text=True, check=True)
    _, _, lines = done.stderr.partition("| events\n")  # the imports before this line are those of the interpreter
    spent: dict[str, list[int]] = defaultdict(list)
    for microseconds, module in _IMPORTED.findall(lines):
        spent[module.partition(".")[0]].append(int(microseconds))
    ranked = sorted(spent.items(), key=lambda item: -sum(item[1]))
    rest = [own for _, owns in ranked[_SHOWN_PACKAGES:] for own in owns]
    return [
        *([package, len(owns), f"{sum(owns) / 1000:.1f}"] for package, owns in ranked[:_SHOWN_PACKAGES]),
        ["other", len(rest), f"{sum(rest) / 1000:.1f}"],
    ]


if __name__ == "__main__":
    main()
