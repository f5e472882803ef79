"""badge.svg: the count as a picture, for pages that cannot run a script, a README above all.

It is a file of the site bucket that the router writes anew: after a broadcast, if the count it shows is another and the
last one is a minute old, and by the sweep for what that left. So it costs nothing while nothing changes, at most a
small write a minute while everything does, and a reader's request never reaches the router: CloudFront keeps the file
for a minute. It is best effort, and what goes wrong is logged and keeps nobody from being counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.contract.files import BADGE_KEY
from router.contract.log_events import BadgeFailed, BadgeWritten

if TYPE_CHECKING:
    from router.dependencies import Invocation

CACHE_CONTROL = "public, max-age=60, s-maxage=60"
MINUTE = 60

_CHARACTER = 6.6  # pixels of a digit, of a letter on average
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
    """The badge. Self-contained, and without a <style>: it is shown under the policies of foreign pages."""
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


def refresh(invocation: Invocation, *, least_age: int = MINUTE) -> None:
    """Writes the badge if it shows another count and is `least_age` seconds old. Never raises."""
    if not invocation.configuration.site_bucket or not invocation.deadline.leaves():
        return
    try:
        _refresh(invocation, least_age)
    except Exception as error:  # noqa: BLE001 - whatever it is, visits are counted and told without it
        invocation.log.failure(BadgeFailed, error)


def _refresh(invocation: Invocation, least_age: int) -> None:
    count, badge = invocation.store.badge()
    if badge.shown == count or invocation.now() - badge.written_at < least_age:
        return
    invocation.dependencies.bucket.put(
        BADGE_KEY, draw(count), content_type="image/svg+xml", cache_control=CACHE_CONTROL
    )
    invocation.store.note_badge(count, invocation.now())
    invocation.log.event(BadgeWritten(count))
