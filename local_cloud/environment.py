"""What of the user's environment reaches the embedded cloud: nothing that names an account, a profile or a proxy.

The emulator's process gets what is on a list, because the emulator reads some hundred variables and hands all of them
on to the function's workers. This process, which calls the emulator, gets rid of what would send such a call elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from local_cloud.access import KEY_VARIABLE

LOOPBACK = "127.0.0.1"

REGION = "us-east-1"
"""Where the settings name none: what the user's own AWS environment says does not count here."""

ACCESS_KEY = SECRET_KEY = "local"  # noqa: S105 - the emulator takes any; these are nobody's
"""Not twelve digits, which the emulator would take for an account of its own."""

_HANDED_ON = frozenset(
    {
        "DYLD_FALLBACK_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "HOME",
        "LANG",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        "TZ",
        "USER",
        "TEST_MARK",  # by which the tests find every process that a run has started
        "VIRTUAL_ENV",
        "__CF_USER_TEXT_ENCODING",
    }
)
_HANDED_ON_PREFIXES = ("LC_", "COVERAGE_")

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


def of_the_emulator(user: Mapping[str, str], *, port: int, region: str, key: str, temporary: Path) -> dict[str, str]:
    """The whole environment of the emulator's process. `temporary` gets the function's unpacked code; `key` is handed
    on to the function too, as what it calls AWS with."""
    own = {name: value for name, value in user.items() if name in _HANDED_ON or name.startswith(_HANDED_ON_PREFIXES)}
    return {
        **own,
        **_nobodys_account(region),
        KEY_VARIABLE: key,
        "BIND_HOST": LOOPBACK,
        # Names no daemon: the emulator would otherwise remove containers of another one that the user runs.
        "DOCKER_HOST": "unix:///nonexistent",
        "GATEWAY_PORT": str(port),
        # Otherwise a listener for MQTT, on every interface.
        "IOT_MTLS_ENABLED": "0",
        # Workers that a burst has left go after a minute; the first stays.
        "LAMBDA_WARM_TTL_SECONDS": "60",
        "MINISTACK_REGION": region,
        "PYTHONUNBUFFERED": "1",
        "S3_DATA_DIR": str(temporary / "s3"),
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(temporary / "state"),
        "TMPDIR": str(temporary),
    }


def shield_this_process(environment: MutableMapping[str, str] = os.environ) -> None:
    """From here on, AWS's clients in this process know no account but the emulator's, and no proxy."""
    for name in list(environment):
        if name.startswith("AWS_") or name.lower() in _PROXIES:
            del environment[name]
    environment.update(_nobodys_account(""))
    # Not only for this process: macOS has proxies in its own settings, which this variable makes Python ignore.
    environment["NO_PROXY"] = "*"


def _nobodys_account(region: str) -> dict[str, str]:
    named = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
    return {
        **named,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
