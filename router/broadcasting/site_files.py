"""The files of the site that show the count without a script or a socket: badge.svg, and count.json for programs.

The router writes both to the site bucket at the end of a broadcast, if their content has changed and they are at least
a minute old, and stores that in the row of the broadcast's end; the sweep writes the changes that remain. A state that
is missing means that they were never written. They thus cost at most two small writes per minute, and nothing while the
count does not change. Requests for them do not reach the router: CloudFront caches each for a minute. Updates are best
effort: an error is logged and does not affect counting.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from router.broadcasting.badge import draw
from router.contract.budget import REFUSING
from router.contract.files import BADGE_KEY, COUNT_KEY
from router.contract.log_events import BadgeFailed, BadgeWritten
from router.errors import StoreError
from router.items import Badge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.dependencies import Invocation
    from router.items import Totals

CACHE_CONTROL = "public, max-age=60, s-maxage=60"
MINUTE = 60
SETTLED_SECONDS = 5
"""The sweep leaves younger files to the next one: a smoke test marks them, because the count is one too low for a
second."""

_DIGEST_BYTES = 8


def encode(count: int, now: int, named: Mapping[str, int] | None = None, *, live: bool = True) -> bytes:
    """Return the content of count.json: ``{"count":1234,"at":"2026-11-28T12:00:00Z","names":{"blog":56}}``.

    named: the count of each name; without any, the file has no names
    live: False while new sockets are refused, which is in the file only then: pages do not try to connect
    """
    content: dict[str, object] = {"count": count, "at": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"}
    if named:
        content["names"] = dict(sorted(named.items()))
    if not live:
        content["live"] = False
    return (json.dumps(content, separators=(",", ":")) + "\n").encode()


def refresh(totals: Totals, invocation: Invocation, *, min_age: int = MINUTE) -> None:
    """Write the files as `write` does, and store that they have been written. Never raises."""
    badge = write(totals, invocation, min_age=min_age)
    if badge is None:
        return
    try:
        invocation.store.broadcasts.record_badge(badge)
    except StoreError as error:
        invocation.log.failure(BadgeFailed, error)


def refresh_at_once(invocation: Invocation) -> None:
    """Write the files if their content has changed, whatever their age. Never raises."""
    try:
        totals = invocation.store.broadcasts.totals()
    except StoreError as error:
        invocation.log.failure(BadgeFailed, error)
        return
    refresh(totals, invocation, min_age=0)


def write(totals: Totals, invocation: Invocation, *, min_age: int = MINUTE) -> Badge | None:
    """Write the files if their content has changed and they are at least `min_age` seconds old. Never raises.

    Return their new state, which the caller stores; None if they have not been written.
    """
    if not invocation.configuration.site_bucket or not invocation.deadline.allows():
        return None
    try:
        return _write(totals, invocation, min_age)
    except Exception as error:  # noqa: BLE001 - the files must not affect counting
        invocation.log.failure(BadgeFailed, error)
        return None


def _write(totals: Totals, invocation: Invocation, min_age: int) -> Badge | None:
    count, now = totals.count, invocation.now()
    # An upload costs as much as five messages, so the budget spaces them out too. Once closed, only the step is told.
    if min_age and now - totals.badge.written_at < min_age * invocation.budget.spacing(now):
        return None
    badge = draw(count, invocation.configuration.badge)
    named = {name: totals.of(name) for name in invocation.configuration.names}
    live = invocation.budget.step(now) < REFUSING
    if totals.badge.digest == _digest(badge, encode(count, 0, named, live=live)):
        return None
    live = _is_live(invocation, now)
    digest = _digest(badge, encode(count, 0, named, live=live))
    if totals.badge.digest == digest:
        return None
    put = invocation.dependencies.bucket.put
    put(BADGE_KEY, badge, content_type="image/svg+xml", cache_control=CACHE_CONTROL)
    put(COUNT_KEY, encode(count, now, named, live=live), content_type="application/json", cache_control=CACHE_CONTROL)
    invocation.log.event(BadgeWritten(count))
    return Badge(digest, now)


def _digest(badge: bytes, counts: bytes) -> str:
    return blake2b(badge + counts, digest_size=_DIGEST_BYTES).hexdigest()


def _is_live(invocation: Invocation, now: int) -> bool:
    """Return True if new sockets are admitted, by the row of the month: an environment may know an old step, or none.

    Raises StoreError when DynamoDB fails: then the files stay as they are.
    """
    if invocation.dependencies.has_budget:
        (account,) = invocation.store.budgets(now).read(invocation.configuration.budget.month(now)[0])
        invocation.budget.learn(account, now)
    return invocation.budget.step(now) < REFUSING
