"""What the Python peers share: the request, signed by botocore, and the measurement of a fan-out."""

from __future__ import annotations

import json
import os
import resource
import time
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.peers.peak import megabytes
from benchmarks.stand_in import connection_id

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE = b'{"count":1234,"online":10000}'
THREADS = 32
CONNECTIONS = 100  # the default of aiohttp, whose peers get the same
THROTTLED, GONE = 429, 410
PAUSE_SECONDS = 0.05


def path_of(number: int) -> str:
    """Return the path of the API for a connection."""
    return f"/@connections/{quote(connection_id(number), safe='')}"


class Signer:
    """botocore's signer, with the credentials of the environment."""

    def __init__(self) -> None:
        names = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
        credentials = Credentials(*(os.environ[f"AWS_{name}"] for name in names))
        self._auth = SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"])

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers of a signed post."""
        request = AWSRequest("POST", url, data=MESSAGE)
        self._auth.add_auth(request)
        return dict(request.headers.items())


def measured(fan_out: Callable[[], Counter[int]]) -> None:
    """Run a fan-out, which returns the number of posts by status, and print its result."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    statuses = fan_out()
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        json.dumps(
            {
                "reached": statuses[200],
                "gone": statuses[GONE],
                "cpu": cpu,
                "seconds": seconds,
                "megabytes": megabytes(),
            }
        )
    )
