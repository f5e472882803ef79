"""Who is connecting, as far as it can be known: the viewer's address behind CloudFront, reduced to a network. Pure.

The WebSocket API sees CloudFront's address, not the viewer's. `X-Forwarded-For` has it: CloudFront appends the address
it saw to whatever the client sent, and API Gateway appends the address that it saw. So the client controls everything
but the last one or two entries, and the header as a whole unless the request came through our distribution. That it
did is shown by a header (`contract.headers`) which only our distribution adds and whose value only it and the function
know; CloudFront replaces a header of that name that a client sends. A request without it came straight to the API,
which then saw the client itself.

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
_LONGEST_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Viewer:
    """network: the bytes of an IPv4 address, or of the /64 an IPv6 address is in, since whoever has one address of it
    has them all. own: whether it is one client's; without a secret it may be CloudFront's, shared by many."""

    network: bytes
    own: bool

    @property
    def block(self) -> bytes:
        """The /48 that an IPv6 network is in, the most that one customer is commonly given; empty for IPv4."""
        return self.network[:_IPV6_BLOCK_BYTES] if len(self.network) == _IPV6_NETWORK_BYTES else b""


def viewer_of(event: Connect, secret: str) -> Viewer:
    """secret: what our distribution sends, empty if it sends none."""
    if secret and _is_from_distribution(event, secret):
        return Viewer(network_of(_seen_by_cloudfront(event)), own=True)
    return Viewer(network_of(event.source_address), own=bool(secret))


def _is_from_distribution(event: Connect, secret: str) -> bool:
    values = (value.encode(errors="replace") for value in event.origin_secrets)
    return any(hmac.compare_digest(value, secret.encode()) for value in values)


def _seen_by_cloudfront(event: Connect) -> str:
    """The last address but API Gateway's own entry, which is the address the event gives as the source's."""
    hops = event.forwarded_for or (event.source_address,)
    return hops[-2] if len(hops) > 1 and event.source_address in hops[-2:] else hops[-1]


def network_of(address: str) -> bytes:
    """Whatever is no address stands for itself: it is hashed and nothing else."""
    try:
        return socket.inet_pton(socket.AF_INET, address)
    except (OSError, ValueError):
        pass
    try:
        packed = socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError):
        return address[:_LONGEST_ADDRESS].encode(errors="replace")
    return packed[12:] if packed.startswith(_IPV4_IN_IPV6) else packed[:_IPV6_NETWORK_BYTES]
