"""The numbers in the reply to a page. They include the page's own visit, even if the stream has not counted it yet.

One read has the connection, the count with its last days, and who is here. It is all if the page's own visit is the
last that `$connect` has counted, as it is where few come: `lastVisit` is in the item of the count, so this count
includes it. It must be of today: the same tab may come again after its visit has expired.

Otherwise the visit may be one for the stream, which counts it some hundred milliseconds after its page connects, and
the page asks earlier. If it is still marked as uncounted, the reply adds it. The numbers must never be too high, though
the visit may be counted at any time between two requests (and even between two items of one BatchGetItem, which is not
of one moment):

    1. the numbers      the count, the visits of the days
    2. the visit        still uncounted: the numbers, which are older, do not contain it, so it is added
                        counted: the numbers may or may not contain it, so they are read again, and now they do

A page with a name gets the numbers of its name, and its own visit is the visit of its tab to that name. Their days are
in another item than the count. `lastVisit` says that both were written before the page could ask.

Thus the count is at least that of all visits counted before the request, and this one, and at most that of all visits
recorded. Later replies are no lower. A broadcast may be lower, as it does not know whose visit is uncounted; so a page
shows the highest count of its connection, and none before the first reply, the only message with days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract import tables

if TYPE_CHECKING:
    from router.dependencies import Invocation

DAYS = tables.RECENT_DAYS


@dataclass(frozen=True, slots=True)
class Reply:
    """The numbers of a reply.

    online: the number of open connections, 1 before the first broadcast: the page itself is here
    days: the visits of the last days, ending with today
    """

    count: int
    online: int
    days: list[int]


def numbers(connection_id: str, invocation: Invocation) -> Reply:
    """Return the numbers for a connection. Raises StoreError when DynamoDB fails."""
    store, now = invocation.store, invocation.now()
    found = store.read_for_reply(connection_id, invocation.budget.month_to_read(now))
    if found.account is not None:
        invocation.budget.learn(found.account, now)
    visit_id, name = found.sender.visit_id, found.sender.name
    current = store.numbers(name) if name else found.numbers
    if visit_id is not None:
        own = tables.named_visit(visit_id, name) if name else visit_id
        if current.last_visit != own or items.utc_day(invocation.now()).isoformat() not in current.days:
            visit = store.uncounted(own)
            if visit is not None:
                return _reply(current, found.online, invocation.now(), visit)
            current = store.numbers(name)
    return _reply(current, found.online, invocation.now())


def _reply(numbers: items.Numbers, online: int | None, now: int, more: items.Visit | None = None) -> Reply:
    """Return the reply with these numbers, and with a visit that they do not contain."""
    days = {key: numbers.days.get(tables.day_of(key), 0) for key in items.last_day_keys(now, DAYS)}
    if more is not None and (day := items.day_key(more, now)) in days:
        days[day] += 1
    return Reply(numbers.count + (more is not None), online or 1, list(days.values()))
