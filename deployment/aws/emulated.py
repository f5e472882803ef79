"""Details of AWS emulators that a user may pass as `--endpoint-url`, and the template parameters that they need."""

from __future__ import annotations

from collections.abc import Mapping

from template_gen import names

EXECUTE_API_PATH = "/_aws/execute-api"
"""URL path, below the endpoint, of the WebSocket APIs and @connections in ministack and LocalStack."""

REFUSED_BY_THE_BUCKET = "the bucket denies access to this emulator's CloudFront (start ministack with AUTH=true)"
"""Without AUTH=true, it treats every request as one without TLS, which the bucket policy denies."""


def parameters(endpoint_url: str | None, *origins: str) -> Mapping[str, str]:
    """Return the template parameters for a deploy to an emulator, none for AWS. origins: more allowed origins."""
    if not endpoint_url:
        return {}
    return {
        names.MANAGEMENT_ENDPOINT: endpoint_url.rstrip("/") + EXECUTE_API_PATH,
        names.EXTRA_ORIGINS: ",".join(origins),
    }
