"""The environment of the emulator's process. It gets what is on a list, because ministack reads some hundred variables
and hands all of them on to the function's workers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from local_cloud.access import KEY_VARIABLE
from local_cloud.environment import LOOPBACK, nobodys_account

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


def of_the_emulator(user: Mapping[str, str], *, port: int, region: str, key: str, temporary: Path) -> dict[str, str]:
    """The whole environment of the emulator's process. `temporary` gets the function's unpacked code; `key` is handed
    on to the function too, as what it calls AWS with."""
    own = {name: value for name, value in user.items() if name in _HANDED_ON or name.startswith(_HANDED_ON_PREFIXES)}
    return {
        **own,
        **nobodys_account(region),
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
