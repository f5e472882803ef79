"""The visit policies. The policy determines the visit id of a connection:

    tab         the id that the page sends and keeps in its tab: a reload or a reconnect is the same visit
    visitor     a hash of the viewer's network and user agent with the salt of the day; the page's id is ignored
    connection  the connection id: every connection is a visit

Not counted are pages that opt out (``count=no``), crawlers and, with policy ``visitor``, addresses that have reached
the daily limit of visitors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from router import items
from router.contract.log_values import NotCountedReason
from router.counting import limits
from router.visitors.salt import hashed
from router.visitors.viewer import viewer_of

if TYPE_CHECKING:
    from router.dependencies import Invocation
    from router.events import Connect

_MAX_USER_AGENT = 1024
VISITOR_LIFETIME_SECONDS = 2 * items.DAY_SECONDS
"""The lifetime of a visit with policy ``visitor``: longer than the day of its hash, until after the next sweep."""


@dataclass(frozen=True, slots=True)
class CountedVisit:
    """A connection that counts as a visit. A later connection with the same id is a repetition of it."""

    visit_id: str
    lifetime_seconds: int


@dataclass(frozen=True, slots=True)
class UncountedVisit:
    """A connection that does not count as a visit."""

    reason: NotCountedReason


def visit_of(event: Connect, invocation: Invocation) -> CountedVisit | UncountedVisit:
    """Return the visit of an accepted connection. Raises StoreError when DynamoDB fails."""
    configuration = invocation.configuration
    if not event.counted:
        return UncountedVisit(NotCountedReason.ASKED)
    if not configuration.count_crawlers and invocation.dependencies.is_crawler(event.user_agent):
        return UncountedVisit(NotCountedReason.CRAWLER)
    if configuration.visit_policy == "visitor":
        return _visitor(event, invocation)
    page_id = event.visit if configuration.visit_policy == "tab" else None
    return CountedVisit(event.connection_id if page_id is None else page_id, configuration.visit_lifetime_seconds)


def _visitor(event: Connect, invocation: Invocation) -> CountedVisit | UncountedVisit:
    configuration = invocation.configuration
    viewer = viewer_of(event, configuration.origin_secret)
    salt = invocation.salt()
    visit_id = hashed(salt, b"visitor", viewer.network, event.user_agent[:_MAX_USER_AGENT].encode(errors="replace"))
    limit = configuration.visits_per_address if viewer.own else 0
    # A known visitor is not counted against the limit. Two concurrent connections of a new visitor may count twice.
    known = not limit or invocation.store.has_visit(visit_id)
    if known or limits.take_visit(limit, viewer, invocation):
        return CountedVisit(visit_id, VISITOR_LIFETIME_SECONDS)
    return UncountedVisit(NotCountedReason.LIMIT)
