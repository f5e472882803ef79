"""Whether a request came through TLS, where the emulator differs from AWS.

It evaluates bucket policies; but unless it evaluates all of IAM, it takes every request for one without TLS, and so
refuses to read a bucket whose policy asks for TLS, as the site's does.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

_HEADER = (b"x-forwarded-proto", b"https")


def note(scope: MutableMapping[str, Any]) -> None:
    """For the rest of this request, in the emulator's process: it came through TLS if its header says so, as the edge's
    does."""
    from ministack.core.iam_evaluator import pin_request_origin

    pin_request_origin((scope.get("client") or ("127.0.0.1",))[0], _HEADER in scope["headers"])
