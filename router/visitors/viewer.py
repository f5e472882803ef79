"""The address of the viewer behind CloudFront, reduced to a network. Pure.

The WebSocket API receives the address of CloudFront instead of the viewer's, which is in `X-Forwarded-For`: CloudFront
appends the address of its client to the header that the client sent, and API Gateway appends the address of CloudFront.
The client controls all other entries, and the entire header if the request bypasses the distribution. A secret header
(`contract.headers`), known only to the distribution and the function, proves that a request came through the
distribution; CloudFront overwrites a header of that name from the client. A request without it came directly to the
API, which then reports the address of the client.

Sources: "Client IP addresses" and "Add custom headers to origin requests", Amazon CloudFront Developer Guide.
"""

from __future__ import annotations

import hmac
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.events import Connect

_IPV4_IN_IPV6 = bytes(10) + b"\xff\xff"
_IPV6_NETWORK_BYTES = 8
_IPV6_BLOCK_BYTES = 6
_MAX_ADDRESS_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Viewer:
    """The network of a client.

    network: the bytes of an IPv4 address, or of the /64 of an IPv6 address, since a client usually owns a whole /64
    own: True if it belongs to one client; without a secret it can be CloudFront's and shared by many clients
    """

    network: bytes
    own: bool

    @property
    def block(self) -> bytes:
        """The /48 of an IPv6 network, the largest block that one customer usually gets; empty for IPv4."""
        return self.network[:_IPV6_BLOCK_BYTES] if len(self.network) == _IPV6_NETWORK_BYTES else b""


def viewer_of(event: Connect, secret: str) -> Viewer:
    """Return the viewer of a handshake. `secret` is the value of the secret header, empty if it is not configured."""
    if secret and _is_from_distribution(event, secret):
        return Viewer(network_of(_seen_by_cloudfront(event)), own=True)
    return Viewer(network_of(event.source_address), own=bool(secret))


def _is_from_distribution(event: Connect, secret: str) -> bool:
    values = (value.encode(errors="replace") for value in event.origin_secrets)
    return any(hmac.compare_digest(value, secret.encode()) for value in values)


def _seen_by_cloudfront(event: Connect) -> str:
    """Return the last forwarded address, excluding the entry of API Gateway, which equals the source address."""
    hops = event.forwarded_for or (event.source_address,)
    return hops[-2] if len(hops) > 1 and event.source_address in hops[-2:] else hops[-1]


def network_of(address: str) -> bytes:
    """Return the network of an address. Text that is not an address is returned as bytes; it is only hashed."""
    try:
        return socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        pass
    try:
        packed = socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError):
        return address[:_MAX_ADDRESS_LENGTH].encode(errors="replace")
    return packed[12:] if packed.startswith(_IPV4_IN_IPV6) else packed[:_IPV6_NETWORK_BYTES]
