"""How this run, and nobody else, reaches its emulator: an address on the loopback interface, and a key.

The key is an AWS session token, so every AWS client sends it as it is: those that deploy, the one that saves the
visits, the function's own. What is no AWS client, the edge, sends the same header. A browser cannot: a page that sets
a header has to ask first (a preflight request), and a WebSocket takes none. Another user of this machine cannot either:
the key is in the memory of this run's processes and in their environment, which the kernel shows to this user alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_HEADER = "X-Amz-Security-Token"
"""In which AWS's clients send a session token. Source: "Authenticating requests", IAM User Guide."""

KEY_VARIABLE = "AWS_SESSION_TOKEN"
_KEY_BYTES = 32


@dataclass(frozen=True)
class Access:
    endpoint_url: str
    key: str = field(repr=False)

    @property
    def headers(self) -> Mapping[str, str]:
        """What a request needs that no AWS client sends."""
        return {KEY_HEADER: self.key}


def new_key() -> str:
    """Another one for each run."""
    return secrets.token_urlsafe(_KEY_BYTES)
