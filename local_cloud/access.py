"""The credentials for the emulator, for this run only: an address on the loopback interface, and a key.

The key is an AWS session token, so every AWS client sends it unchanged: those that deploy, the one that saves the
visits, and the function's own. The edge, which is not an AWS client, sends the same header. A browser cannot: a page
that sets a custom header triggers a preflight request, and a WebSocket cannot have one. Another user of this machine
cannot either: the key is only in the memory and the environment of this run's processes, which the kernel shows to this
user only.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_HEADER = "X-Amz-Security-Token"
"""The header in which AWS clients send a session token. Source: "Authenticating requests", IAM User Guide."""

KEY_VARIABLE = "AWS_SESSION_TOKEN"
_KEY_BYTES = 32


@dataclass(frozen=True)
class Access:
    """The emulator's address and key."""

    endpoint_url: str
    key: str = field(repr=False)

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers that authorize a request of a client other than AWS's."""
        return {KEY_HEADER: self.key}


def new_key() -> str:
    """Return a random key, a different one for each run."""
    return secrets.token_urlsafe(_KEY_BYTES)
