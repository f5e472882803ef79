"""What must be so, and whether it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.chaos.tables import Snapshot


@dataclass(frozen=True)
class Known:
    """What the visitors know: visit ids they came with, those that were let in; pages that are open, and the counts
    that those show, None for a page that was told none."""

    attempted: frozenset[str]
    acknowledged: frozenset[str]
    open_pages: int
    shown: tuple[int | None, ...]


@dataclass(frozen=True)
class Findings:
    """wrong: can never come right again. unsettled: may do so yet."""

    wrong: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()

    @property
    def all_right(self) -> bool:
        return not self.wrong and not self.unsettled

    def __str__(self) -> str:
        return "; ".join((*self.wrong, *self.unsettled))


def findings(found: Snapshot, known: Known) -> Findings:
    """Exactly: the count is the number of visits' rows without a mark, at every moment, and so is the history's sum.

    The rows are those of all visits that were acknowledged, and of no others than were attempted: a visit whose answer
    was lost may have been recorded or not, and either is right.
    """
    whole = [*_never(found, known), *(_not_now(found) if found.at_once else ())]
    settling = [*_not_for_long(found, known), *(() if found.at_once else _not_now(found))]
    return Findings(tuple(whole), tuple(settling))


def _never(found: Snapshot, known: Known) -> Iterable[str]:
    lost, invented = known.acknowledged - found.visits, found.visits - known.attempted
    if lost:
        yield f"{len(lost)} acknowledged visits lost, such as {min(lost)}"
    if invented:
        yield f"{len(invented)} visits that nobody made, such as {min(invented)}"
    negative = [day for day, visits in found.history.items() if visits < 0]
    if negative:
        yield f"{min(negative)} has less than no visits"


def _not_now(found: Snapshot) -> Iterable[str]:
    counted = len(found.visits) - len(found.uncounted)
    if found.count != counted:
        yield f"the count is {found.count}, and {counted} visits are marked as counted"
    if sum(found.history.values()) != found.count:
        yield f"the days sum to {sum(found.history.values())}, and the count is {found.count}"


def _not_for_long(found: Snapshot, known: Known) -> Iterable[str]:
    if found.uncounted:
        yield f"{len(found.uncounted)} visits are not counted"
    if len(found.connections) != known.open_pages:
        yield f"{len(found.connections)} connections are remembered, and {known.open_pages} pages are open"
    untold = [shown for shown in known.shown if shown != found.count]
    if untold:
        yield f"{len(untold)} of {len(known.shown)} pages do not show {found.count}"
