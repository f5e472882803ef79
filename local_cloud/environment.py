"""What of the user's environment reaches the embedded cloud: nothing that names an account, a profile or a proxy.

The emulator's process gets what is on a list (ministack/environment.py). This process, which calls the emulator, gets
rid of what would send such a call elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

LOOPBACK = "127.0.0.1"

REGION = "us-east-1"
"""Where the settings name none: what the user's own AWS environment says does not count here."""

ACCESS_KEY = SECRET_KEY = "local"  # noqa: S105 - the emulator takes any; these are nobody's
"""Not twelve digits, which the emulator would take for an account of its own."""

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


def shield_this_process(environment: MutableMapping[str, str] = os.environ) -> None:
    """From here on, AWS's clients in this process know no account but the emulator's, and no proxy."""
    for name in list(environment):
        if name.startswith("AWS_") or name.lower() in _PROXIES:
            del environment[name]
    environment.update(nobodys_account(""))
    # Not only for this process: macOS has proxies in its own settings, which this variable makes Python ignore.
    environment["NO_PROXY"] = "*"


def nobodys_account(region: str) -> dict[str, str]:
    """region: empty for none."""
    named = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return {
        **named,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
