"""The tables: the median of the CPU seconds with the lowest and the highest, and what came of each operation."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.measure import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.deploys.operations import Result

NOT_OFFERED = "not offered"


def progress(number: int, name: str, operation: str, result: Result | None) -> None:
    """Print what has just been measured to standard error; the whole output of a command that failed."""
    if result is None:
        print(f"{number} {name}, {operation}: {NOT_OFFERED}", file=sys.stderr)
        return
    done = result.done
    print(f"{number} {name}, {operation}: {done.cpu:.2f} s, wall {done.wall:.1f} s, {result.note}", file=sys.stderr)
    if done.code:
        print("\n".join(f"    {line}" for line in done.output.splitlines()[-12:]), file=sys.stderr)


def measured(rows: Sequence[Sequence[str]], results: Mapping[str, Mapping[str, Sequence[Result | None]]]) -> str:
    """rows: what is not measured in every run, with the names first."""
    names = rows[0][1:]
    taken = [[operation, *(_seconds(found[name]) for name in names)] for operation, found in results.items()]
    notes = [[operation, *(_notes(found[name]) for name in names)] for operation, found in results.items()]
    seconds = table(rows[0], [*rows[1:], *taken])
    return f"{seconds}\n\n{table(['what came of it', *names], notes)}"


def kills(results: Mapping[str, Sequence[Sequence[Result]]]) -> str:
    head = ["killed while its change set was executed", "the next run succeeded", "runs needed", "CPU s (wall s)"]
    return table(head, [[name, *_after(found)] for name, found in results.items()])


def _seconds(results: Sequence[Result | None]) -> str:
    found = [result.done for result in results if result]
    if not found or not any(done.cpu for done in found):
        return "-"
    cpu = [done.cpu for done in found]
    wall = statistics.median(done.wall for done in found)
    return f"{statistics.median(cpu):.1f}, {min(cpu):.1f}-{max(cpu):.1f} ({wall:.0f})"


def _notes(results: Sequence[Result | None]) -> str:
    found = Counter(NOT_OFFERED if result is None else result.note for result in results)
    return "; ".join(note if len(found) == 1 else f"{note} ({times})" for note, times in found.items())


def _after(kills: Sequence[Sequence[Result]]) -> list[str]:
    first = sum(not results[1].done.code for results in kills)
    needed = sorted({str(len(results) - 1) if not results[-1].done.code else "more" for results in kills})
    seconds = _seconds([results[1] for results in kills])
    return [f"{first} of {len(kills)}", ", ".join(needed), seconds]
