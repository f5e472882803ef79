"""The distribution's function on a viewer's request, without Node.

The emulator runs a CloudFront function by the Node of the machine, and where there is none, every page is a 503. The
rule exists in Python too (`template_gen.viewer_request`, where a test holds the two to each other), so the emulator is
made to ask that one. Here a page has one host, so the function's other half, www., never applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from template_gen.viewer_request import REDIRECT_SECONDS, address


def install() -> None:
    """Put this into effect, in the emulator's process, before it serves."""
    from ministack.core import cloudfront_js

    def evaluate(_: bytes, event: Mapping[str, Any]) -> dict[str, Any]:
        return answer(event["request"])

    cloudfront_js.evaluate = evaluate


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the function answers to the request of CloudFront's event: that request, or a redirect."""
    found = address(request["uri"])
    if not found.moved:
        return {**request, "uri": found.uri}
    query = _query(request["querystring"])
    return {
        "statusCode": 301,
        "statusDescription": "Moved Permanently",
        "headers": {
            "location": {"value": f"{found.uri}?{query}" if query else found.uri},
            "cache-control": {"value": f"max-age={REDIRECT_SECONDS}"},
        },
    }


def _query(fields: Mapping[str, Any]) -> str:
    """Encoded again: the emulator, unlike CloudFront, gives it to a function decoded."""
    pairs = [(name, item["value"]) for name, field in fields.items() for item in field.get("multiValue", [field])]
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
