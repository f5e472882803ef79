"""A broadcast to all open pages: this router, four Python clients, and Node with aws-sdk v2 and v3.

Each program posts to a fake @connections API over TLS, in a new process on a core of its own. One connection in a
hundred is gone, and one in a hundred is throttled at its first post. CPU, time and rate cover the fan-out; imports and
the creation of the client are excluded. The figures of the router include the rest of its broadcast: reading the
connections and the count, opening its connections, storing the count and deleting closed connections. Its rate limit is
set higher than it can reach.

In Lambda, a function with the router's memory has a part of a core only. So the last columns say how long the posts
take where CPU time is that scarce: the measured time, or the CPU time divided by that part if it is longer; and what
this time costs. awscrt is measured if it is installed: pip install --target output/benchmarks/python awscrt

Usage: python -m benchmarks.fanout
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import measure, node, prices
from router.aws.connections_api import cpu_share
from template_gen.router import MEMORY_MEGABYTES

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Trust

SIZES = (1_000, 10_000)
LATENCIES = (0, 20)  # milliseconds
ROUTER, BOTO3, URLLIB3 = "this router", "boto3, 32 threads", "urllib3, 32 threads"
AIOHTTP, AWSCRT, V2, V3 = "aiohttp", "awscrt", "aws-sdk v2", "aws-sdk v3"
MODULES = {ROUTER: "router", BOTO3: "boto3", URLLIB3: "urllib3", AIOHTTP: "aiohttp", AWSCRT: "awscrt"}
SCRIPTS = {V2: "fanout_v2.mjs", V3: "fanout_v3.mjs"}
# They take many seconds for 10,000 posts, and their cost per post is constant after the first few hundred.
SLOW = frozenset({BOTO3, URLLIB3})
SLOW_MAX_POSTS = 2_000
# The number of runs, of which the median counts. The runs of the router are short, so it has more of them.
ROUTER_RUNS = 3
PYTHON_PEERS = measure.ROOT / "output" / "benchmarks" / "python"
CPU_SHARE = cpu_share(MEMORY_MEGABYTES)


@dataclass(frozen=True)
class Row:
    """The median run of one program. `posts` is the number of connections it posts to."""

    program: str
    latency: int
    connections: int
    posts: int
    cpu: float
    seconds: float
    megabytes: float
    reached: int

    @property
    def milliseconds(self) -> float:
        return self.cpu / self.posts * 1000

    @property
    def rate(self) -> float:
        return self.posts / self.seconds

    @property
    def seconds_in_lambda(self) -> float:
        return max(self.seconds, self.cpu / CPU_SHARE)

    @property
    def dollars_per_million(self) -> float:
        """The price of the time of a million posts in Lambda."""
        gigabyte_seconds = self.seconds_in_lambda * MEMORY_MEGABYTES / 1024
        return gigabyte_seconds * prices.LAMBDA_GIGABYTE_SECOND / self.posts * 1_000_000

    def cells(self) -> list[object]:
        posts = f"{self.posts:,}" if self.posts == self.connections else f"{self.posts:,} of {self.connections:,}"
        return [
            self.program,
            posts,
            f"{self.latency} ms",
            f"{self.milliseconds:.3f}",
            f"{self.rate:,.0f}",
            f"{self.megabytes:.0f}",
            f"{self.reached:,}",
            f"{self.posts / self.seconds_in_lambda:,.0f}",
            f"{self.dollars_per_million:.4f}",
        ]


HEAD = (
    *("", "connections", "latency", "CPU ms per post", "posts/s", "peak MB", "reached"),
    *(f"posts/s with {CPU_SHARE:.2f} CPU", "$ a million posts"),
)


def main() -> None:
    folder = node.install()
    missing = {AWSCRT} if not (PYTHON_PEERS / "awscrt").is_dir() else set()
    programs = [program for program in MODULES if program not in missing] + (list(SCRIPTS) if folder else [])
    with measure.trust() as trusted:
        rows = [
            _median(program, connections, latency, trusted, folder)
            for connections in SIZES
            for latency in LATENCIES
            for program in programs
        ]
    print(measure.table(HEAD, [row.cells() for row in rows]))
    print()
    for line in verdicts(rows):
        print(line)
    for program in missing:
        print(f"{program} is not installed below {PYTHON_PEERS.relative_to(measure.ROOT)}, so it was not measured.")
    if folder is None:
        print("Node is not installed on this machine, so aws-sdk v2 and v3 were not measured.")


def verdicts(rows: list[Row]) -> list[str]:
    """Return a line for each case, which compares the router with the targets of the project."""
    by = {(row.program, row.connections, row.latency): row for row in rows}
    lines = []
    for (program, connections, latency), row in by.items():
        if program != ROUTER:
            continue
        where = f"{connections:,} connections, {latency} ms:"
        v2, boto3 = by.get((V2, connections, latency)), by[BOTO3, connections, latency]
        lines.append(f"{where} CPU per post 1/{boto3.milliseconds / row.milliseconds:.1f} of boto3's (target 1/15)")
        if v2:
            lines[-1] += f", 1/{v2.milliseconds / row.milliseconds:.1f} of aws-sdk v2's (target 1/6)"
            lines[-1] += f"; {row.rate / v2.rate:.1f}x its posts/s" + (" (target 4x)" if latency else "")
            lines[-1] += f", {v2.seconds_in_lambda / row.seconds_in_lambda:.1f}x with {CPU_SHARE:.2f} CPU"
        lines[-1] += f"; {row.megabytes:.0f} MB" + (" (target 128)" if connections == max(SIZES) else "")
    return lines


def _median(program: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    runs = [
        _run(program, connections, latency, trusted, folder) for _ in range(ROUTER_RUNS if program == ROUTER else 1)
    ]
    return sorted(runs, key=lambda row: row.cpu)[len(runs) // 2]


def _run(program: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    posts = min(connections, SLOW_MAX_POSTS) if program in SLOW else connections
    with measure.stand_in(trusted, posts, latency) as url:
        variables = {
            **measure.environment(url, trusted),
            "POSTS_PER_SECOND": "100000",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MEGABYTES),
            "PYTHONPATH": os.pathsep.join(map(str, (measure.ROOT, PYTHON_PEERS))),
        }
        arguments = [f"{url}/live", str(posts)]
        if program in MODULES:
            module = f"benchmarks.peers.fanout_{MODULES[program]}"
            done = measure.run([sys.executable, "-m", module, *arguments], variables)
        else:
            done = measure.run(["node", SCRIPTS[program], *arguments], variables, folder or measure.ROOT)
    result = done.result
    return Row(
        program, latency, connections, posts, result["cpu"], result["seconds"], result["megabytes"], result["reached"]
    )


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n", flush=True)
    main()
