"""One new count to every open page: this router, boto3 with 32 threads, and Node with aws-sdk v2 and v3.

Each posts to a stand-in of @connections over TLS, in a fresh process on a core of its own, one page in a hundred gone
and one in a hundred throttled at its first post. CPU, time and rate are those of the fan-out: imports and making the
client are left out for all. The router's include all the rest of its broadcast: reading the connections and the count,
opening its connections, noting the count, forgetting who is gone. Its pace is set beyond what it can reach.

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
# boto3 takes many seconds for 10,000 and costs the same for each from the first hundreds on.
BOTO3_AT_MOST = 2_000
ROUTER, BOTO3, V2, V3 = "this router", "boto3, 32 threads", "aws-sdk v2", "aws-sdk v3"
# As often as measured; the middle one counts. The router's are short, so it can be measured more often.
TIMES = {ROUTER: 3, BOTO3: 1, V2: 1, V3: 1}


@dataclass(frozen=True)
class Row:
    """One contestant's middle run. posts: how many connections it had to tell."""

    who: str
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
        told = f"{self.posts:,}" if self.posts == self.connections else f"{self.posts:,} of {self.connections:,}"
        return [
            self.who,
            told,
            f"{self.latency} ms",
            f"{self.milliseconds:.3f}",
            f"{self.rate:,.0f}",
            f"{self.megabytes:.0f}",
            f"{self.reached:,}",
        ]


HEAD = ("", "connections", "latency", "CPU ms per post", "posts/s", "peak MB", "reached")


def main() -> None:
    folder = node.install()
    contestants = [ROUTER, BOTO3, *([V2, V3] if folder else [])]
    with measure.trust() as trusted:
        rows = [
            _middle(who, connections, latency, trusted, folder)
            for connections in SIZES
            for latency in LATENCIES
            for who in contestants
        ]
    print(measure.table(HEAD, [row.cells() for row in rows]))
    print()
    for line in verdicts(rows):
        print(line)
    if folder is None:
        print("There is no Node on this machine, so the aws-sdk for it was not measured.")


def verdicts(rows: list[Row]) -> list[str]:
    """What the targets of the project come to, each in a line."""
    by = {(row.who, row.connections, row.latency): row for row in rows}
    lines = []
    for (who, connections, latency), row in by.items():
        if who != ROUTER:
            continue
        where = f"{connections:,} connections, {latency} ms:"
        v2, boto3 = by.get((V2, connections, latency)), by[BOTO3, connections, latency]
        lines.append(f"{where} CPU per post 1/{boto3.milliseconds / row.milliseconds:.1f} of boto3's (target 1/15)")
        if v2:
            lines[-1] += f", 1/{v2.milliseconds / row.milliseconds:.1f} of aws-sdk v2's (target 1/6)"
            lines[-1] += f"; {row.rate / v2.rate:.1f}x its posts/s" + (" (target 4x)" if latency else "")
        lines[-1] += f"; {row.megabytes:.0f} MB" + (" (target 128)" if connections == max(SIZES) else "")
    return lines


def _middle(who: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    runs = [_run(who, connections, latency, trusted, folder) for _ in range(TIMES[who])]
    return sorted(runs, key=lambda row: row.cpu)[len(runs) // 2]


def _run(who: str, connections: int, latency: int, trusted: Trust, folder: Path | None) -> Row:
    posts = min(connections, BOTO3_AT_MOST) if who == BOTO3 else connections
    with measure.stand_in(trusted, posts, latency) as url:
        variables = {**measure.environment(url, trusted), "POSTS_PER_SECOND": "100000", "PYTHONPATH": str(measure.ROOT)}
        arguments = [f"{url}/live", str(posts)]
        if who in {ROUTER, BOTO3}:
            program = "fanout_router" if who == ROUTER else "fanout_boto3"
            done = measure.run([sys.executable, "-m", f"benchmarks.peers.{program}", *arguments], variables)
        else:
            program = "fanout_v2.mjs" if who == V2 else "fanout_v3.mjs"
            done = measure.run(["node", program, *arguments], variables, folder or measure.ROOT)
    result = done.result
    return Row(
        who, latency, connections, posts, result["cpu"], result["seconds"], result["megabytes"], result["reached"]
    )


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n", flush=True)
    main()
