"""An HTTP endpoint: its address, and the certificates that it must present."""

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

ROOTS = Path(__file__).with_name("roots.pem")
"""The roots of AWS's own certificates, which the packaging of the function creates: a fraction of botocore's bundle."""

_AWS = ".amazonaws.com"  # not that of China or of the sovereign cloud, for which AWS does not name the roots
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    """The scheme, host and port of a URL, and the path prefix of all requests, without a trailing slash.

    certificates: a file of CA certificates to trust instead of the default ones
    """

    scheme: str
    host: str
    port: int
    path: str
    certificates: str | None = None

    @classmethod
    def of(cls, url: str, environment: Mapping[str, str] | None = None) -> Endpoint:
        """Parse a URL. AWS_CA_BUNDLE in `environment` is the file of CA certificates to trust."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        return cls(parts.scheme, host, port, parts.path.rstrip("/"), (environment or {}).get("AWS_CA_BUNDLE") or None)

    @property
    def authority(self) -> str:
        """The value of the Host header, as it is signed: without the default port of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def addresses(self) -> list[tuple[socket.AddressFamily, Any]]:
        """Resolve the host name, without caching, because the addresses of AWS endpoints change.

        Raises ExchangeError when the name cannot be resolved.
        """
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
            raise ExchangeError(type(error).__name__) from error
        return [(family, address) for family, _, _, _, address in found]

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS context; None for http, which only local endpoints use and which needs no import of `ssl`."""
        if self.scheme != "https":
            return None
        is_of_aws = self.certificates is None and self.host.endswith(_AWS) and ROOTS.is_file()
        return _tls(os.fspath(ROOTS) if is_of_aws else self.certificates)

    @cached_property
    def widest_tls(self) -> ssl.SSLContext | None:
        """The context with all certificates to trust, for an endpoint whose root is not one of AWS's own."""
        return _tls(self.certificates) if self.scheme == "https" else None


@functools.cache
def _tls(certificates: str | None) -> ssl.SSLContext:
    """Create a TLS context that verifies certificates and host names.

    By default it trusts the CA bundle of botocore, like all AWS clients in Python; the file is read without importing
    botocore. The context is cached, because loading a bundle takes 20 ms.
    """
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
