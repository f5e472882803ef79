"""What a deploy to an AWS emulator needs beyond AWS's own APIs, and the template parameters for it.

This applies to the emulators that a user passes as `--endpoint-url`, and to that of `local`.
"""

from __future__ import annotations

from collections.abc import Mapping

from template_gen import names

EXECUTE_API_PATH = "/_aws/execute-api"
"""URL path, below the endpoint, at which an emulator serves WebSocket APIs and @connections: that of LocalStack."""

REFUSED_BY_THE_BUCKET = "the bucket denies access to this emulator's CloudFront"
"""Some emulators treat every request as one without TLS, which the bucket policy denies (docs/emulators.md)."""


def parameters(endpoint_url: str | None, *origins: str) -> Mapping[str, str]:
    """Return the template parameters for a deploy to an emulator, none for AWS. origins: more allowed origins."""
    if not endpoint_url:
        return {}
    return {
        names.MANAGEMENT_ENDPOINT: endpoint_url.rstrip("/") + EXECUTE_API_PATH,
        names.EXTRA_ORIGINS: ",".join(origins),
    }
