"""Signed POST requests, as sent: AWS Signature Version 4, its key derived once a day and credential.

botocore's signer builds an object for each request and derives the key for each: 55 microseconds, three times what
sending and receiving take. Here, all that requests of one second have in common is prepared once, and it takes 6
(`benchmarks/README.md`). botocore's is the oracle in this module's test. Source: "Create a signed AWS API request" in
AWS's IAM user guide.
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
# The path is encoded once more for signing: AWS does so for every service but S3.
_ENCODED = {code: quote(chr(code), safe="/~") for code in range(128)}


class Signer:
    """One service in one Region. credentials: asked for whenever something is prepared. clock: epoch seconds."""

    def __init__(
        self, service: str, region: str, credentials: Callable[[], Credentials], clock: Callable[[], float]
    ) -> None:
        self._scope = region, service
        self._credentials = credentials
        self._clock = clock
        self._prepared: _Prepared | None = None
        self._prepared_for: tuple[int, Headers, bytes] | None = None

    def post(self, path: str, headers: Headers, body: bytes) -> bytes:
        """path: as sent, percent-encoded, without a query. headers: by lower-case name, `host` among them; all of them
        are signed, and none may have outer or double spaces, which signing would fold."""
        wanted = int(self._clock()), headers, body
        if self._prepared is None or self._prepared_for != wanted:
            self._prepared = _Prepared(*wanted, self._credentials(), *self._scope)
            self._prepared_for = wanted
        return self._prepared.request(path)


class _Prepared:
    """What requests of one second with the same headers and body have in common: all but path and signature."""

    __slots__ = ("_body", "_canonical", "_head", "_key", "_to_sign")

    def __init__(  # noqa: PLR0913, PLR0917 - what a signature is made of
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

    def request(self, path: str) -> bytes:
        canonical = f"POST\n{path.translate(_ENCODED)}{self._canonical}"
        to_sign = self._to_sign + sha256(canonical.encode()).hexdigest()
        signature = hmac.digest(self._key, to_sign.encode(), "sha256").hex()
        return f"POST {path}{self._head}{signature}\r\n\r\n".encode() + self._body


@lru_cache(8)
def _signing_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
