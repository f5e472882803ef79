"""The client of the @connections API: sends each message once, to one connection, or closes it.

The caller (`fanout`) decides the order, the rate and the retries. A `Delivery` is all that it sees of HTTP and AWS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote

from router.aws.http_client import Request, Wait
from router.contract.log_values import Outcome

if TYPE_CHECKING:
    from router.aws.http_client import HttpClient
    from router.aws.http_response import Response
    from router.aws.signing import Headers, Signer
    from router.errors import ExchangeError

MAX_CONNECTIONS = 256
"""Enough for 12,000 posts/s at 20 ms each. A connection takes 60 KB."""

FIRST_CONNECTIONS = 8
"""Until the latency is known. There are never fewer, as the latency can rise."""

TIMEOUT_SECONDS = 1.5

POST_SECONDS, OPENING_SECONDS = 0.000_05, 0.000_8
"""The CPU time of a post, and of opening a connection (benchmarks/README.md)."""

_CPU_MEGABYTES = 1769
"""Lambda gives a function so much of a CPU as its memory is of this. Source: "Configure Lambda function memory"."""

_ESCAPES = {code: quote(chr(code), safe="") for code in range(128)}
_OK = range(200, 300)
_GONE = 410
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of a post. `code` is the AWS error code or the reason of the failure, empty if delivered."""

    outcome: Outcome
    code: str = ""


CLOSE = b""
"""The data of a post that closes the connection instead."""


class Post(NamedTuple):
    """A message to one connection."""

    connection_id: str
    data: bytes


class Posts(Protocol):
    """The source of the posts of a run. `number` is their approximate total."""

    number: int

    def next(self) -> Post | Wait:
        """Return the next post, or how long to wait for it."""

    def answered(self, post: Post, delivery: Delivery, /) -> None:
        """Accept the result of a post. Afterwards `next` may return further posts."""


class Transport(Protocol):
    """A client of the @connections API."""

    def run(self, posts: Posts) -> None:
        """Send posts until `next` has no more and each has a result.

        Network and AWS errors are results and not raised.
        """


DELIVERED = Delivery(Outcome.DELIVERED)


@dataclass(frozen=True)
class ConnectionsTransport:
    """The transport over HTTP. It implements `Transport`.

    cpu_share: how much of a CPU the function has
    """

    client: HttpClient
    signer: Signer
    cpu_share: float = 1.0

    def run(self, posts: Posts) -> None:
        """Send posts until `posts.next` has no more and each has a result."""

        def source() -> Request | Wait:
            turn = posts.next()
            if isinstance(turn, Wait):
                return turn
            return Request(self.encode(turn), lambda response: posts.answered(turn, _delivery(response)))

        self.client.run(source, lambda latency: cheapest_connections(posts.number, latency, self.cpu_share))

    def encode(self, post: Post) -> bytes:
        """Return the signed request.

        Reserved characters of the id, such as ``=``, ``+`` and ``/``, are percent-encoded.
        """
        method = "POST" if post.data else "DELETE"
        return self.signer.sign(method, self._path + _encoded_id(post.connection_id), self._headers, post.data)

    @cached_property
    def _path(self) -> str:
        return f"{self.client.endpoint.path}/@connections/"

    @cached_property
    def _headers(self) -> Headers:
        return (("host", self.client.endpoint.authority),)


def cpu_share(megabytes: float) -> float:
    """Return how much of a CPU a function of so much memory has. One thread uses no more than one."""
    return min(1.0, megabytes / _CPU_MEGABYTES)


def cheapest_connections(posts: int, latency: float, share: float) -> int:
    """Return the number of connections with which a broadcast costs the least.

    Lambda's price is that of the duration. With n connections, waiting takes posts * latency / n seconds and computing
    (posts * POST_SECONDS + n * OPENING_SECONDS) / share, at the same time. The longer one is shortest where both are
    equal, which is the positive root of a quadratic equation.

    latency: of a post, in seconds; 0.0 if unknown
    share: of a CPU
    """
    half = posts * POST_SECONDS / (2 * OPENING_SECONDS)
    root = math.sqrt(half**2 + posts * latency * share / OPENING_SECONDS) - half
    return max(FIRST_CONNECTIONS, round(root))


def _encoded_id(connection_id: str) -> str:
    return connection_id.translate(_ESCAPES) if connection_id.isascii() else quote(connection_id, safe="")


def _delivery(response: Response | ExchangeError) -> Delivery:
    if isinstance(response, Exception):
        return Delivery(Outcome.FAILED, str(response))
    if response.status in _OK:
        return DELIVERED
    code = response.headers.get("x-amzn-errortype", "").partition(":")[0] or f"HTTP {response.status}"
    if response.status == _GONE:
        return Delivery(Outcome.GONE, code)
    if response.status == _TOO_MANY_REQUESTS:
        return Delivery(Outcome.THROTTLED, code)
    return Delivery(Outcome.FAILED if response.status >= _SERVER_ERROR else Outcome.REFUSED, code)
