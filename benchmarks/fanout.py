"""A broadcast to all open pages: this router, boto3 with 32 threads, and Node with aws-sdk v2 and v3.

Each program posts to a fake @connections API over TLS, in a new process on a core of its own. One connection in a
hundred is gone, and one in a hundred is throttled at its first post. CPU, time and rate cover the fan-out; imports and
the creation of the client are excluded. The figures of the router include the rest of its broadcast: reading the
connections and the count, opening its connections, storing the count and deleting closed connections. Its rate limit is
set higher than it can reach.

Usage: python -m benchmarks.fanout
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import measure, node

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Trust

SIZES = (1_000, 10_000)
LATENCIES = (0, 20)  # milliseconds
# boto3 takes many seconds for 10,000 posts, and its cost per post is constant after the first few hundred.
BOTO3_MAX_POSTS = 2_000
ROUTER, BOTO3, V2, V3 = "this router", "boto3, 32 threads", "aws-sdk v2", "aws-sdk v3"
# The number of runs, of which the median counts. The runs of the router are short, so it has more of them.
RUNS = {ROUTER: 3, BOTO3: 1, V2: 1, V3: 1}


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
        ]


HEAD = ("", "connections", "latency", "CPU ms per post", "posts/s", "peak MB", "reached")


def main() -> None:
    folder = node.install()
    programs = [ROUTER, BOTO3, *([V2, V3] if folder else [])]
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
        lines[-1] += f"; {row.megabytes:.0f} MB" + (" (target 128)" if connections == max(SIZES) else "")
    return lines


def _median(program: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    runs = [_run(program, connections, latency, trusted, folder) for _ in range(RUNS[program])]
    return sorted(runs, key=lambda row: row.cpu)[len(runs) // 2]


def _run(program: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    posts = min(connections, BOTO3_MAX_POSTS) if program == BOTO3 else connections
    with measure.stand_in(trusted, posts, latency) as url:
        variables = {**measure.environment(url, trusted), "POSTS_PER_SECOND": "100000", "PYTHONPATH": str(measure.ROOT)}
        arguments = [f"{url}/live", str(posts)]
        if program in {ROUTER, BOTO3}:
            module = "fanout_router" if program == ROUTER else "fanout_boto3"
            done = measure.run([sys.executable, "-m", f"benchmarks.peers.{module}", *arguments], variables)
        else:
            script = "fanout_v2.mjs" if program == V2 else "fanout_v3.mjs"
            done = measure.run(["node", script, *arguments], variables, folder or measure.ROOT)
    result = done.result
    return Row(
        program, latency, connections, posts, result["cpu"], result["seconds"], result["megabytes"], result["reached"]
    )


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n", flush=True)
    main()
