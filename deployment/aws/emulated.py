"""What an emulator of AWS needs told that AWS itself knows: the template parameters that are empty there; and all that
is known of emulators that a user may name by `--endpoint-url`."""

from __future__ import annotations

from collections.abc import Mapping

from template_gen import names

EXECUTE_API_PATH = "/_aws/execute-api"
"""Below the endpoint, where ministack and LocalStack serve WebSocket APIs and @connections by API ID and stage."""

REFUSED_BY_THE_BUCKET = "this emulator's CloudFront is refused by the bucket (start ministack with AUTH=true)"
"""Unless so started it takes every request for one without TLS, which the bucket's policy refuses."""


def parameters(endpoint_url: str | None, *origins: str) -> Mapping[str, str]:
    """Parameters for a deploy to `endpoint_url`, whose page may also be opened from `origins`; none for AWS."""
    if not endpoint_url:
        return {}
    return {
        names.MANAGEMENT_ENDPOINT: endpoint_url.rstrip("/") + EXECUTE_API_PATH,
        names.EXTRA_ORIGINS: ",".join(origins),
    }
