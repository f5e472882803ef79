"""The files of the site that show the count without a script or a socket: badge.svg, and count.json for programs.

The router writes both to the site bucket after a broadcast, if their content has changed and they are at least a minute
old; the sweep writes the changes that remain. They thus cost at most two small writes per minute, and nothing while the
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.dependencies import Invocation

CACHE_CONTROL = "public, max-age=60, s-maxage=60"
MINUTE = 60
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


def refresh(invocation: Invocation, *, min_age: int = MINUTE) -> None:
    """Write the files if their content has changed and they are at least `min_age` seconds old. Never raises."""
    if not invocation.configuration.site_bucket or not invocation.deadline.allows():
        return
    try:
        _refresh(invocation, min_age)
    except Exception as error:  # noqa: BLE001 - the files must not affect counting
        invocation.log.failure(BadgeFailed, error)


def _refresh(invocation: Invocation, min_age: int) -> None:
    totals, last = invocation.store.files.badge()
    count, now = totals.count, invocation.now()
    # An upload costs as much as five messages, so the budget spaces them out too. Once closed, only the step is told.
    if min_age and now - last.written_at < min_age * invocation.budget.spacing(now):
        return
    badge = draw(count, invocation.configuration.badge)
    named = {name: totals.of(name) for name in invocation.configuration.names}
    live = invocation.budget.step(now) < REFUSING
    digest = blake2b(badge + encode(count, 0, named, live=live), digest_size=_DIGEST_BYTES).hexdigest()
    if last.digest == digest:
        return
    put = invocation.dependencies.bucket.put
    put(BADGE_KEY, badge, content_type="image/svg+xml", cache_control=CACHE_CONTROL)
    put(COUNT_KEY, encode(count, now, named, live=live), content_type="application/json", cache_control=CACHE_CONTROL)
    invocation.store.files.record_badge(digest, now)
    invocation.log.event(BadgeWritten(count))
