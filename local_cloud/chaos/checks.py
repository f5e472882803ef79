"""The invariants of the count, and their verification. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.chaos.tables import Snapshot


@dataclass(frozen=True)
class Known:
    """The visitors' own record: the visit ids they came with, those that were accepted, the number of open pages, and
    the count that each of them shows, None for a page that has received none."""

    attempted: frozenset[str]
    acknowledged: frozenset[str]
    open_pages: int
    shown: tuple[int | None, ...]


@dataclass(frozen=True)
class Findings:
    """The violated invariants. wrong: permanent. unsettled: may still become right."""

    wrong: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()

    @property
    def all_right(self) -> bool:
        """Return True if no invariant is violated."""
        return not self.wrong and not self.unsettled

    def __str__(self) -> str:
        return "; ".join((*self.wrong, *self.unsettled))


def findings(found: Snapshot, known: Known) -> Findings:
    """Compare the tables with the visitors' own record.

    At every moment the count is the number of visit rows without an uncounted mark, and so is the sum of the history.
    The rows include all acknowledged visits, and no visit that was never attempted: one whose response was lost may
    have been recorded or not, and both are right.
    """
    whole = [*_invariant_violations(found, known), *(_inconsistencies(found) if found.at_once else ())]
    settling = [*_pending(found, known), *(() if found.at_once else _inconsistencies(found))]
    return Findings(tuple(whole), tuple(settling))


def _invariant_violations(found: Snapshot, known: Known) -> Iterable[str]:
    lost, invented = known.acknowledged - found.visits, found.visits - known.attempted
    if lost:
        yield f"{len(lost)} acknowledged visits lost, for example {min(lost)}"
    if invented:
        yield f"{len(invented)} visits that nobody made, for example {min(invented)}"
    negative = [day for day, visits in found.history.items() if visits < 0]
    if negative:
        yield f"{min(negative)} has a negative number of visits"


def _inconsistencies(found: Snapshot) -> Iterable[str]:
    counted = len(found.visits) - len(found.uncounted)
    if found.count != counted:
        yield f"the count is {found.count}, but {counted} visits are marked as counted"
    if sum(found.history.values()) != found.count:
        yield f"the days sum to {sum(found.history.values())}, but the count is {found.count}"


def _pending(found: Snapshot, known: Known) -> Iterable[str]:
    if found.uncounted:
        yield f"{len(found.uncounted)} visits are not counted"
    if len(found.connections) != known.open_pages:
        yield f"{len(found.connections)} connections are stored, but {known.open_pages} pages are open"
    outdated = [shown for shown in known.shown if shown != found.count]
    if outdated:
        yield f"{len(outdated)} of {len(known.shown)} pages do not show {found.count}"
