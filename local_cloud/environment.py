"""The environment of the embedded cloud: nothing from the user's that names an account, a profile or a proxy.

The emulator's process has its own environment (emulator_type.py). This process, which calls the emulator,
removes the variables that would send such a call elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

LOOPBACK = "127.0.0.1"

REGION = "us-east-1"
"""The Region when the settings name none: the user's own AWS environment does not count here."""

ACCESS_KEY = SECRET_KEY = "local"  # noqa: S105 - dummies, the emulator accepts any
"""Not twelve digits, which the emulator would interpret as an account ID."""

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


def shield_this_process(environment: MutableMapping[str, str] = os.environ) -> None:
    """Make AWS clients in this process use only the emulator's account and no proxy from now on."""
    for name in list(environment):
        if name.startswith("AWS_") or name.lower() in _PROXIES:
            del environment[name]
    environment.update(nobodys_account(""))
    # Needed even without proxy variables: it makes Python ignore the proxies in macOS's own settings.
    environment["NO_PROXY"] = "*"


def nobodys_account(region: str) -> dict[str, str]:
    """Return variables with dummy credentials. region: empty for none."""
    named = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return {
        **named,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
