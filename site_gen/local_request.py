"""Validation of requests to a server on this machine: it serves its own pages, and people who follow a link.

Every page open in a browser can send requests to every port of the machine, and can make its own host name resolve to
it (DNS rebinding). So the server relies on headers that the browser sets and no page can change: `Host`, `Origin` and
Fetch Metadata. A client that sends neither of the last two, such as curl, is not a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HTTP_PORT = 80
_OWN_SITES = frozenset({"same-origin", "none"})
"""Allowed values of Sec-Fetch-Site. `none`: typed or bookmarked. Not `same-site`, which is any other port. Source:
Fetch Metadata, section 2.4."""


@dataclass(frozen=True)
class Request:
    """An HTTP request. target: as in the request line. headers: all of them, repeated ones too."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]

    def values(self, wanted: str) -> list[str]:
        """Return the values of the header `wanted` (in lower case)."""
        return [value for name, value in self.headers if name.lower() == wanted]


@dataclass(frozen=True)
class Refusal:
    """A refused request. status: of the HTTP response. reason: for the reader of the response. kind: a short fixed
    description for whoever runs the server, without content from the request."""

    status: int
    reason: str
    kind: str


def refusal(request: Request, port: int, *, public: bool = False) -> Refusal | None:
    """Return why the server on `port` must not answer the request, or None if it may. public: pages elsewhere may embed
    it."""
    if not _is_addressed(request, port):
        return Refusal(421, "This server answers only requests to localhost and its port.", "by another host name")
    if not request.target.startswith("/"):
        return Refusal(400, "The request target must be a path.", "without a path")
    if request.method not in ("GET", "HEAD"):
        return Refusal(
            403, "This distribution is not configured to allow the HTTP request method.", "by another method"
        )
    if request.values("transfer-encoding") or request.values("content-length") not in ([], ["0"]):
        return Refusal(403, "A request for a page must not have a body.", "with a body")
    if not public and _is_foreign(request, port) and not _follows_a_link(request):
        reason = "A page of another origin may link here, and embed the counter and the badge."
        return Refusal(403, reason, _whose(request))
    return None


def _is_addressed(request: Request, port: int) -> bool:
    """Return True if Host is one of this machine's names with the port."""
    hosts = request.values("host")
    return len(hosts) == 1 and hosts[0].lower() in set(_addresses(port))


def _addresses(port: int) -> Iterator[str]:
    for name in _NAMES:
        yield f"{name}:{port}"
        if port == _HTTP_PORT:
            yield name


def _is_foreign(request: Request, port: int) -> bool:
    """Return True if any header says that a page of another origin caused the request."""
    own = {f"http://{address}" for address in _addresses(port)}
    return not own.issuperset(request.values("origin")) or not _OWN_SITES.issuperset(request.values("sec-fetch-site"))


def _whose(request: Request) -> str:
    """Return a description of the foreign page, as its browser reports it."""
    match request.values("sec-fetch-site"):
        case ["cross-site"]:
            return "cross-site"
        case ["same-site"]:
            return "from another port of this machine"
        case _:
            return "from another origin"


def _follows_a_link(request: Request) -> bool:
    """Return True for a top-level navigation, whose response the linking page cannot read. Not into a frame."""
    fetch_metadata = [request.values(f"sec-fetch-{name}") for name in ("mode", "dest")]
    return fetch_metadata == [["navigate"], ["document"]] and not request.values("origin")
