"""The seam to @connections: messages, each to one connection, once. What to post, when, and whether again is the
caller's (`fanout`); what it may hear of a post is all it knows of HTTP and AWS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote

from router.aws.http_client import Request, Wait
from router.contract.log_events import Outcome

if TYPE_CHECKING:
    from router.aws.http_client import HttpClient
    from router.aws.http_response import Response
    from router.aws.signing import Headers, Signer
    from router.errors import ExchangeError

# Connections. The most: enough for 8,000 posts/s at 20 ms each; one costs 60 KB. Fewer for fewer posts, because opening
# one costs as much CPU as ten posts.
POSTS_AT_ONCE = 160
POSTS_PER_CONNECTION = 32
CONNECTIONS_AT_LEAST = 8
POST_SECONDS_AT_MOST = 1.5

_ESCAPED = {code: quote(chr(code), safe="") for code in range(128)}
_OK = range(200, 300)
_GONE = 410
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """code: AWS's error code or what went wrong, empty if delivered."""

    outcome: Outcome
    code: str = ""


class Post(NamedTuple):
    connection_id: str
    data: bytes


class Posts(Protocol):
    """number: of posts that are to come, about."""

    number: int

    def next(self) -> Post | Wait:
        """What to post now, or how long there will be nothing."""

    def answered(self, post: Post, delivery: Delivery, /) -> None:
        """May make `next` have more."""


class Transport(Protocol):
    def run(self, posts: Posts) -> None:
        """Until `next` has no more and every post is answered. Nothing that the network or AWS does is raised."""


DELIVERED = Delivery(Outcome.DELIVERED)


@dataclass(frozen=True)
class ConnectionsTransport:
    client: HttpClient
    signer: Signer

    def run(self, posts: Posts) -> None:
        def source() -> Request | Wait:
            turn = posts.next()
            if isinstance(turn, Wait):
                return turn
            return Request(self.encode(turn), lambda answer: posts.answered(turn, _delivery(answer)))

        self.client.run(source, max(CONNECTIONS_AT_LEAST, posts.number // POSTS_PER_CONNECTION))

    def encode(self, post: Post) -> bytes:
        """The request as sent. Every character of the id that is not plain is escaped: ids have ``=``, ``+``, ``/``."""
        return self.signer.post(self._path + _escaped(post.connection_id), self._headers, post.data)

    @cached_property
    def _path(self) -> str:
        return f"{self.client.endpoint.path}/@connections/"

    @cached_property
    def _headers(self) -> Headers:
        return (("host", self.client.endpoint.authority),)


def _escaped(connection_id: str) -> str:
    return connection_id.translate(_ESCAPED) if connection_id.isascii() else quote(connection_id, safe="")


def _delivery(answer: Response | ExchangeError) -> Delivery:
    if isinstance(answer, Exception):
        return Delivery(Outcome.FAILED, str(answer))
    if answer.status in _OK:
        return DELIVERED
    code = answer.headers.get("x-amzn-errortype", "").partition(":")[0] or f"HTTP {answer.status}"
    if answer.status == _GONE:
        return Delivery(Outcome.GONE, code)
    if answer.status == _TOO_MANY:
        return Delivery(Outcome.THROTTLED, code)
    return Delivery(Outcome.FAILED if answer.status >= _SERVER_ERROR else Outcome.REFUSED, code)
