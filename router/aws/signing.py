"""Requests signed with AWS Signature Version 4.

botocore's signer creates an object and derives the key for each request, which takes 55 microseconds: three times as
long as sending and receiving. This signer caches the key and prepares the common part of all requests of one second,
and takes 6 microseconds (`benchmarks/README.md`). The tests compare its signatures with botocore's. Source: "Create a
signed AWS API request", AWS IAM User Guide.
"""

from __future__ import annotations

import hmac
import time
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.aws.credentials import Credentials

Headers = tuple[tuple[str, str], ...]

_ALGORITHM = "AWS4-HMAC-SHA256"
# The canonical request contains the path percent-encoded a second time, for all services except S3.
_ENCODED = {code: quote(chr(code), safe="/~") for code in range(128)}


class Signer:
    """The signer of requests to one service in one Region.

    credentials: returns the current credentials; called for each new combination of second, headers and body
    clock: returns epoch seconds
    """

    def __init__(
        self, service: str, region: str, credentials: Callable[[], Credentials], clock: Callable[[], float]
    ) -> None:
        self._scope = region, service
        self._credentials = credentials
        self._clock = clock
        self._prepared: _Prepared | None = None
        self._prepared_for: tuple[int, Headers, bytes] | None = None

    def post(self, path: str, headers: Headers, body: bytes) -> bytes:
        """Return a signed POST request as sent."""
        return self.sign("POST", path, headers, body)

    def sign(self, method: str, path: str, headers: Headers, body: bytes) -> bytes:
        """Return a signed request as sent.

        path: percent-encoded, without a query
        headers: lower-case names and values, including `host`; all are signed. Values must not contain leading,
            trailing or consecutive spaces, which signing would normalise
        """
        key = int(self._clock()), headers, body
        if self._prepared is None or self._prepared_for != key:
            self._prepared = _Prepared(*key, self._credentials(), *self._scope)
            self._prepared_for = key
        return self._prepared.request(method, path)


class _Prepared:
    """The common part of requests of one second with the same headers and body: all but the path and the signature."""

    __slots__ = ("_body", "_canonical", "_head", "_key", "_to_sign")

    def __init__(  # noqa: PLR0913, PLR0917 - the inputs of a signature
        self, second: int, headers: Headers, body: bytes, credentials: Credentials, region: str, service: str
    ) -> None:
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        scope = f"{moment[:8]}/{region}/{service}/aws4_request"
        token = (("x-amz-security-token", credentials.token),) if credentials.token else ()
        signed = sorted([*headers, ("x-amz-date", moment), *token])
        names = ";".join([name for name, _ in signed])
        lines = "".join([f"{name}:{value}\n" for name, value in signed])
        sent = "".join([f"{name}: {value}\r\n" for name, value in signed])
        self._body = body
        self._canonical = f"\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
        self._to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n"
        self._head = (
            f" HTTP/1.1\r\n{sent}content-length: {len(body)}\r\n"
            f"authorization: {_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, "
            "Signature="
        )
        self._key = _signing_key(credentials.secret_key, moment[:8], region, service)

    def request(self, method: str, path: str) -> bytes:
        canonical = f"{method}\n{path.translate(_ENCODED)}{self._canonical}"
        to_sign = self._to_sign + sha256(canonical.encode()).hexdigest()
        signature = hmac.digest(self._key, to_sign.encode(), "sha256").hex()
        return f"{method} {path}{self._head}{signature}\r\n\r\n".encode() + self._body


@lru_cache(8)
def _signing_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
