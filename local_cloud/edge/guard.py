"""The edge's access rules: it serves what CloudFront would, but not to pages of other origins.

The rules are those of `site_gen.local_request`, as in the preview. Pages elsewhere may embed the badge, count.json and
the counter's script. WebSockets are checked by the router, which knows the allowed origins of the settings and refuses
others, as on AWS.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from local_cloud.edge.behaviors import Behavior
from router.contract.files import SITE_KEYS
from site_gen.local_request import Request, refusal
from site_gen.pages.assets import COUNTER_NAME

PUBLIC = frozenset({*(f"/{key}" for key in SITE_KEYS), f"/{COUNTER_NAME}"})

_PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def refused(
    request: web.BaseRequest, behavior: Behavior, port: int, note: Callable[[str], None]
) -> web.Response | None:
    """Return the response to a request that the edge on `port` refuses, and call `note` with its kind; None if it is
    allowed."""
    asked = Request(request.method, request.raw_path, tuple(request.headers.items()))
    public = bool(behavior.api) or request.rel_url.raw_path in PUBLIC
    found = refusal(asked, port, public=public)
    if found is None:
        return None
    note(found.kind)
    response = web.Response(status=found.status, text=f"{found.reason}\n", headers=_PLAIN)
    response.force_close()  # a body that nobody reads may follow on this connection
    return response
