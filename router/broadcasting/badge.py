"""badge.svg: the count as an image, for pages that cannot run a script, such as a README.

The router writes the file to the site bucket after a broadcast, if its count has changed and it is at least a minute
old; the sweep writes the changes that remain. It thus costs at most one small write per minute, and nothing while the
count does not change. Requests for it do not reach the router: CloudFront caches the file for a minute. Updates are
best effort: an error is logged and does not affect counting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.contract.files import BADGE_KEY
from router.contract.log_events import BadgeFailed, BadgeWritten

if TYPE_CHECKING:
    from router.dependencies import Invocation

CACHE_CONTROL = "public, max-age=60, s-maxage=60"
MINUTE = 60

_CHARACTER = 6.6  # the width in pixels of a digit, and the average width of a letter
_PADDING = 12
_LABEL, _LABEL_WIDTH = "visits", 48

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {count}">'
    "<title>{label}: {count}</title>"
    '<rect width="{width}" height="20" rx="4" fill="#1f2933"/>'
    '<path d="M{split} 0H{right}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H{split}z" fill="#0c6b60"/>'
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
    '<text x="{label_at}" y="14">{label}</text><text x="{count_at}" y="14">{count}</text></g></svg>\n'
)


def draw(count: int) -> bytes:
    """Return the badge as SVG.

    It is self-contained and has no <style> element, since the content security policies of other sites apply to it.
    """
    number = f"{count:,}"
    number_width = round(len(number) * _CHARACTER + _PADDING)
    width = _LABEL_WIDTH + number_width
    return _SVG.format(
        width=width,
        right=width - 4,
        split=_LABEL_WIDTH,
        label=_LABEL,
        count=number,
        label_at=_LABEL_WIDTH / 2,
        count_at=_LABEL_WIDTH + number_width / 2,
    ).encode()


def refresh(invocation: Invocation, *, min_age: int = MINUTE) -> None:
    """Write the badge if the count has changed and the badge is at least `min_age` seconds old. Never raises."""
    if not invocation.configuration.site_bucket or not invocation.deadline.allows():
        return
    try:
        _refresh(invocation, min_age)
    except Exception as error:  # noqa: BLE001 - the badge must not affect counting
        invocation.log.failure(BadgeFailed, error)


def _refresh(invocation: Invocation, min_age: int) -> None:
    count, badge = invocation.store.badge()
    if badge.shown == count or invocation.now() - badge.written_at < min_age:
        return
    invocation.dependencies.bucket.put(
        BADGE_KEY, draw(count), content_type="image/svg+xml", cache_control=CACHE_CONTROL
    )
    invocation.store.record_badge(count, invocation.now())
    invocation.log.event(BadgeWritten(count))
