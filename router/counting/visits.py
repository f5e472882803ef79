"""What counts as a visit: which id a socket's visit has, or why it has none.

    tab         the id the page sends, kept in its tab: a reload or a reconnect is the same visit
    visitor     a hash of the viewer's network and user agent under the salt of the day; what a page sends is ignored
    connection  the socket's own id: every socket is a visit

None is counted of a page that asks not to be (``count=no``), of a crawler, and, of policy ``visitor``, of an address
that has brought as many visitors today as one may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract.log_events import NotCountedReason
from router.counting import limits
from router.visitors.salt import hashed
from router.visitors.viewer import viewer_of

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Connect

_LONGEST_USER_AGENT = 1024
VISITOR_LIFETIME_SECONDS = 2 * items.DAY_SECONDS
"""Until the day that the hash is good for has surely passed, and the sweep with it."""


@dataclass(frozen=True, slots=True)
class CountedVisit:
    visit_id: str
    lifetime_seconds: int


@dataclass(frozen=True, slots=True)
class UncountedVisit:
    reason: NotCountedReason


def visit_of(event: Connect, invocation: Invocation) -> CountedVisit | UncountedVisit:
    """event: one that was admitted. Raises StoreError."""
    configuration = invocation.configuration
    if not event.counted:
        return UncountedVisit(NotCountedReason.ASKED)
    if not configuration.count_crawlers and invocation.dependencies.is_crawler(event.user_agent):
        return UncountedVisit(NotCountedReason.CRAWLER)
    if configuration.visit_policy == "visitor":
        return _visitor(event, invocation)
    named = event.visit if configuration.visit_policy == "tab" else None
    return CountedVisit(event.connection_id if named is None else named, configuration.visit_lifetime_seconds)


def _visitor(event: Connect, invocation: Invocation) -> CountedVisit | UncountedVisit:
    configuration = invocation.configuration
    viewer = viewer_of(event, configuration.origin_secret)
    salt = invocation.salt()
    visit_id = hashed(salt, b"visitor", viewer.network, event.user_agent[:_LONGEST_USER_AGENT].encode(errors="replace"))
    at_most = configuration.visits_per_address if viewer.own else 0
    # Somebody known already takes nothing. Two sockets of one new visitor may take two: the limit is not that sharp.
    known = not at_most or invocation.store.knows_visit(visit_id)
    if known or limits.of_viewer(limits.VISITS, at_most, viewer, invocation):
        return CountedVisit(visit_id, VISITOR_LIFETIME_SECONDS)
    return UncountedVisit(NotCountedReason.LIMIT)
