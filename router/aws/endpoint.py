"""Where requests go, and whom to trust there."""

from __future__ import annotations

import functools
import importlib.util
import os
import socket
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from router.errors import ExchangeError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    """Scheme, host and port of a URL, and the path that all requests to it begin with (without a slash at its end)."""

    scheme: str
    host: str
    port: int
    path: str
    certificates: str | None = None

    @classmethod
    def of(cls, url: str, environment: Mapping[str, str] | None = None) -> Endpoint:
        """environment: AWS_CA_BUNDLE in it names a file of certificates to trust instead of the usual ones."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        return cls(parts.scheme, host, port, parts.path.rstrip("/"), (environment or {}).get("AWS_CA_BUNDLE") or None)

    @property
    def authority(self) -> str:
        """The Host header, without the scheme's usual port: so it is signed."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def addresses(self) -> list[tuple[socket.AddressFamily, Any]]:
        """Looked up each time: AWS moves its endpoints. Raises ExchangeError."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # the latter for what is no host name at all
            raise ExchangeError(type(error).__name__) from error
        return [(family, address) for family, _, _, _, address in found]

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """None for plain http, which only a local endpoint uses: then nothing of TLS is imported."""
        return _tls(self.certificates) if self.scheme == "https" else None


@functools.cache
def _tls(certificates: str | None) -> ssl.SSLContext:
    """Certificates and host names are always verified. The usual trust is in the bundle that botocore brings along, as
    for every AWS client in Python; it is read without importing botocore. Once: reading it takes 25 ms."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    bundle = certificates or _botocore_bundle()
    if bundle:
        context.load_verify_locations(bundle)
    else:
        context.load_default_certs()
    return context


def _botocore_bundle() -> str | None:
    found = importlib.util.find_spec("botocore")
    bundle = Path(found.origin).with_name("cacert.pem") if found and found.origin else None
    return os.fspath(bundle) if bundle and bundle.is_file() else None
