"""The requests that a local server answers, and those that it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.local_request import Request, refusal

PORT = 8080
HOST = ("Host", "localhost:8080")
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def status(*extra: tuple[str, str], method: str = "GET", target: str = "/", host: str = "localhost:8080") -> int:
    found = refusal(Request(method, target, [("Host", host), *extra]), PORT)
    return found.status if found else 200


def told(site: str, **more: str) -> int:
    return status(("Sec-Fetch-Site", site), *((name.replace("_", "-"), value) for name, value in more.items()))


@pytest.mark.parametrize("host", ["localhost:8080", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_its_own_addresses_are_answered(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "localhost:80", "localhost.:8080", "evil.example:8080", "localhost:8080.evil.example"),
        *("127.0.0.1:8080@evil.example", "127.1:8080", "0.0.0.0:8080", "[::]:8080", "localhost:8080,evil.example"),
    ],
)
def test_any_other_host_is_not(host: str) -> None:
    assert status(host=host) == 421


def test_one_host_is_asked_for() -> None:
    assert status(HOST) == 421
    assert refusal(Request("GET", "/", []), PORT) is not None


def test_the_port_of_http_needs_no_number() -> None:
    assert refusal(Request("GET", "/", [("Host", "localhost")]), 80) is None


@pytest.mark.parametrize("target", ["http://localhost:8080/", "*", "localhost:8080", "", "evil"])
def test_a_target_is_a_path(target: str) -> None:
    assert status(target=target) == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get", "CONNECT"])
def test_get_and_head_are_answered_and_nothing_else(method: str) -> None:
    assert status(method=method) == 403
    assert status(method="HEAD") == 200


@pytest.mark.parametrize(
    "body", [[("Content-Length", "1")], [("Content-Length", "0")] * 2, [("Transfer-Encoding", "identity")]]
)
def test_a_body_is_refused(body: list[tuple[str, str]]) -> None:
    assert status(*body) == 403
    assert status(("Content-Length", "0")) == 200


@pytest.mark.parametrize(
    ("site", "wanted"), [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_the_browser_says_whose_page_asks(site: str, wanted: int) -> None:
    assert told(site) == wanted
    assert told(site.upper()) == 403  # no browser writes it so


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        *(("http://localhost:8080", 200), ("http://127.0.0.1:8080", 200), ("http://[::1]:8080", 200)),
        *(("https://localhost:8080", 403), ("http://localhost:8081", 403), ("https://evil.example", 403)),
        ("null", 403),
    ],
)
def test_an_origin_is_its_own_or_refused(origin: str, wanted: int) -> None:
    """An old browser sends Origin but no Fetch Metadata."""
    assert status(("Origin", origin)) == wanted
    assert status(("Origin", origin), ("Sec-Fetch-Site", "same-origin")) == wanted


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_link_from_elsewhere_is_followed_and_a_frame_is_not_filled(site: str) -> None:
    assert told(site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document") == 200
    for dest in ("iframe", "frame", "embed", "object", "image", "script", "empty"):
        assert told(site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest=dest) == 403
    for mode in ("cors", "no-cors", "websocket", "same-origin"):
        assert told(site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest="document") == 403


def test_a_form_from_elsewhere_is_no_link() -> None:
    posted = [("Sec-Fetch-Site", "cross-site"), *LINK.items(), ("Origin", "https://evil.example")]
    assert status(*posted) == 403
    assert status(*posted, method="POST") == 403


def test_what_is_public_may_be_embedded_by_any_page_but_not_written_to() -> None:
    foreign = [HOST, ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]
    assert refusal(Request("GET", "/", foreign), PORT, public=True) is None
    assert refusal(Request("POST", "/", foreign), PORT, public=True) is not None
    assert refusal(Request("GET", "/", [("Host", "evil.example"), *foreign[1:]]), PORT, public=True) is not None


@given(st.text(), st.text(), st.lists(st.tuples(st.sampled_from(["Host", "Origin", "Sec-Fetch-Site"]), st.text())))
def test_whatever_is_answered_is_a_get_of_a_path_at_an_own_address(
    method: str, target: str, headers: list[tuple[str, str]]
) -> None:
    if refusal(Request(method, target, headers), PORT) is None:
        assert method in ("GET", "HEAD")
        assert target.startswith("/")
        assert next(value for name, value in headers if name == "Host").lower().endswith(":8080")
