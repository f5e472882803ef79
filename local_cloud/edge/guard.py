"""What the edge answers: what CloudFront would, and of that nothing to the pages of strangers.

The rules are those of `site_gen.local_request`, as in the preview. What pages elsewhere may embed is the badge and the
counter's script. A WebSocket is for the router to judge, which knows the allowed origins of the settings and refuses
others, as on AWS.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from local_cloud.edge.behaviors import Behavior
from router.contract.files import BADGE_KEY
from site_gen.local_request import Request, refusal
from site_gen.pages.assets import COUNTER_NAME

PUBLIC = frozenset({f"/{BADGE_KEY}", f"/{COUNTER_NAME}"})

_PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def refused(
    request: web.BaseRequest, behavior: Behavior, port: int, note: Callable[[str], None]
) -> web.Response | None:
    """The answer to what the edge on `port` does not pass on, once its kind is noted; None for what it does."""
    asked = Request(request.method, request.raw_path, tuple(request.headers.items()))
    public = bool(behavior.api) or request.rel_url.raw_path in PUBLIC
    found = refusal(asked, port, public=public)
    if found is None:
        return None
    note(found.kind)
    response = web.Response(status=found.status, text=f"{found.reason}\n", headers=_PLAIN)
    response.force_close()  # what may follow on this connection is a body that nobody reads
    return response
