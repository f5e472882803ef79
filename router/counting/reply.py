"""The numbers in the reply to a page. They include the page's own visit, even if the stream has not counted it yet.

A visit is counted some hundred milliseconds after its page connects, and the page asks earlier. So if the visit is
still marked as uncounted, the reply adds it. The numbers must never be too high, though the visit may be counted at any
time between two requests (and even between two items of one BatchGetItem, which is not of one moment):

    1. the numbers      the count, the visits of the day
    2. the visit        still uncounted: the numbers, which are older, do not contain it, so it is added
                        counted: the numbers may or may not contain it, so they are read again, and now they do

A page with a name gets the numbers of its name, and its own visit is the visit of its tab to that name.

Thus the count is at least that of all visits counted before the request, and this one, and at most that of all visits
recorded. Later replies are no lower. A broadcast may be lower, as it does not know whose visit is uncounted; so a page
shows the highest count of its connection, and none before the first reply, the only message with days.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from router import items
from router.contract import tables

if TYPE_CHECKING:
    from router.dependencies import Invocation

DAYS = 30


def numbers(connection_id: str, invocation: Invocation) -> tuple[items.Numbers, list[int]]:
    """Return the numbers for a connection, and the visits of the last days, ending with today.

    Raises StoreError when DynamoDB fails.
    """
    store, now = invocation.store, invocation.now()
    past, sender = store.past_days(now, DAYS - 1, connection_id)
    current = store.numbers(now, sender.name)
    if sender.visit_id is not None:
        own = tables.named_visit(sender.visit_id, sender.name) if sender.name else sender.visit_id
        visit = store.uncounted(own)
        if visit is not None:
            return _with(visit, current, past, now)
        current = store.numbers(now, sender.name)
    return current, [*past, current.today]


def _with(visit: items.Visit, current: items.Numbers, past: list[int], now: int) -> tuple[items.Numbers, list[int]]:
    """Return the numbers with an uncounted visit added."""
    days = dict(zip(items.last_day_keys(now, DAYS), [*past, current.today], strict=True))
    day = items.day_key(visit, now)
    if day in days:
        days[day] += 1
    return replace(current, count=current.count + 1), list(days.values())
