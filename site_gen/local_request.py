"""Which requests a server on this machine answers: those of the pages that it serves, and of people who follow a link.

Every page that is open in a browser can send requests to every port of the machine, and the name of its own host can be
made to lead there (DNS rebinding). So the server goes by what the browser says of a request and no page can change:
`Host`, `Origin` and the Fetch Metadata. What sends neither of the last two, such as curl, is no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HTTP_PORT = 80
_OWN_SITES = frozenset({"same-origin", "none"})
"""`none`: typed or bookmarked. Not `same-site`, which is any other port. Source: Fetch Metadata, section 2.4."""


@dataclass(frozen=True)
class Request:
    """target: as it stands in the request line. headers: every one, repeated ones too."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]

    def values(self, wanted: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == wanted]


@dataclass(frozen=True)
class Refusal:
    """status: of the HTTP answer. reason: for whoever sees it in a terminal or the browser's developer tools.
    kind: for who runs the server, in a few words of ours, with nothing of the request."""

    status: int
    reason: str
    kind: str


def refusal(request: Request, port: int, *, public: bool = False) -> Refusal | None:
    """None for a request that may be answered by the server on `port`. public: what pages elsewhere may embed."""
    if not _is_addressed(request, port):
        return Refusal(421, "This server answers to localhost only, by the port that it is on.", "by another host name")
    if not request.target.startswith("/"):
        return Refusal(400, "The target of a request is a path.", "without a path")
    if request.method not in ("GET", "HEAD"):
        return Refusal(
            403, "This distribution is not configured to allow the HTTP request method.", "by another method"
        )
    if request.values("transfer-encoding") or request.values("content-length") not in ([], ["0"]):
        return Refusal(403, "A request for a page has no body.", "with a body")
    if not public and _is_foreign(request, port) and not _follows_a_link(request):
        reason = "A page of another origin may link here, and embed the counter and the badge."
        return Refusal(403, reason, _whose(request))
    return None


def _is_addressed(request: Request, port: int) -> bool:
    """By one name of this machine."""
    hosts = request.values("host")
    return len(hosts) == 1 and hosts[0].lower() in set(_addresses(port))


def _addresses(port: int) -> Iterator[str]:
    for name in _NAMES:
        yield f"{name}:{port}"
        if port == _HTTP_PORT:
            yield name


def _is_foreign(request: Request, port: int) -> bool:
    """Whether a page of another origin has caused it, by any sign of that."""
    own = {f"http://{address}" for address in _addresses(port)}
    return not own.issuperset(request.values("origin")) or not _OWN_SITES.issuperset(request.values("sec-fetch-site"))


def _whose(request: Request) -> str:
    """Of which kind a foreign page is, as its browser says."""
    match request.values("sec-fetch-site"):
        case ["cross-site"]:
            return "cross-site"
        case ["same-site"]:
            return "from another port of this machine"
        case _:
            return "from another origin"


def _follows_a_link(request: Request) -> bool:
    """To a page of its own, which the page that links to it cannot read. Not into a frame."""
    told = [request.values(f"sec-fetch-{name}") for name in ("mode", "dest")]
    return told == [["navigate"], ["document"]] and not request.values("origin")
