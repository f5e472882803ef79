"""Recording the visit of a page: a visit to the site, and one to the name of the page if it has one.

    nobody contends   one transaction stores the visits as counted and adds them to the count, before the page opens
    otherwise         each is put as an item of its own, marked for the stream to count: no item is shared, so any
                      number of visitors at the same time is stored without a conflict

The transaction is tried once. If it conflicts with another one, is throttled, or its response is lost, the visit is put
with the mark, which finds it if the transaction was applied after all; and for some seconds this environment does not
try again (`memory.Contention`). A visit is thus stored once, and either counted or marked.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from router import items
from router.contract import tables

if TYPE_CHECKING:
    from router.counting.retry import Retrier
    from router.counting.visits import CountedVisit
    from router.dependencies import Invocation
    from router.storage.transaction import Attempt


def record(visit: CountedVisit, name: str, invocation: Invocation, retrier: Retrier) -> frozenset[str]:
    """Record the visits of a page; return the ids of those that are new. Raises StoreError when DynamoDB fails.

    name: the name of the page, empty without one
    """
    now = invocation.now()
    visits = [items.Visit(visit.visit_id, now)]
    if name:
        visits.append(items.Visit(tables.named_visit(visit.visit_id, name), now))
    counted, left = _count(visits, visit.lifetime_seconds, invocation)
    marked = set()
    # The name first: a repetition of the visit to the site can then rely on it.
    for one in reversed(left):
        if retrier.run(partial(invocation.store.record_visit, one.id, now, visit.lifetime_seconds)):
            marked.add(one.id)
    return frozenset(counted | marked)


def _count(
    visits: list[items.Visit], lifetime_seconds: int, invocation: Invocation
) -> tuple[set[str], list[items.Visit]]:
    """Count the visits unless others contend; return the ids of those counted, and the visits still unknown."""
    contention, clock = invocation.memory.contention, invocation.dependencies.clock
    while visits and not contention.is_seen(clock()):
        attempt: Attempt = invocation.store.count_directly(visits, invocation.now(), lifetime_seconds)
        if attempt.applied:
            return {visit.id for visit in visits}, []
        visits = [visit for visit in visits if visit not in attempt.repeated]
        if attempt.busy:
            contention.see(clock())
    return set(), visits
