"""Matching of loads against a Content-Security-Policy, and the policy that allows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import STRICT_CONTENT_SECURITY_POLICY
from site_gen.policy.loads import Load, read_page
from site_gen.policy.security_policy import SecurityPolicy, hash_of

HOST = "cv.example.com"


def allows(policy: str, url: str, directive: str = "img-src", **more: str) -> bool:
    return SecurityPolicy.parse(policy, HOST).allows(Load(directive, url, 1, url, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "url", "allowed"),
    [
        ("'self'", "https://cv.example.com/a.png", True),
        ("'self'", "http://cv.example.com/a.png", False),
        ("'SELF'", "https://cv.example.com/a.png", True),
        ("'none'", "https://cv.example.com/a.png", False),
        ("*", "https://cdn.net/a.png", True),
        ("*", "data:image/png;base64,AA", False),
        ("data:", "data:image/png;base64,AA", True),
        ("https:", "https://cdn.net/a.png", True),
        ("https:", "http://cdn.net/a.png", False),
        ("cdn.net", "https://cdn.net/a.png", True),
        ("cdn.net", "http://cdn.net/a.png", False),
        ("http://cdn.net", "https://cdn.net/a.png", True),
        ("https://cdn.net", "https://cdn.net.evil.org/a.png", False),
        ("*.cdn.net", "https://a.b.cdn.net/a.png", True),
        ("*.cdn.net", "https://cdn.net/a.png", False),
        ("cdn.net:8443", "https://cdn.net:8443/a.png", True),
        ("cdn.net:8443", "https://cdn.net/a.png", False),
        ("cdn.net", "https://cdn.net:8443/a.png", False),
        ("cdn.net:*", "https://cdn.net:8443/a.png", True),
        ("https://cdn.net/img/", "https://cdn.net/img/a.png", True),
        ("https://cdn.net/img", "https://cdn.net/img/a.png", False),
        ("'unsafe-inline'", "https://cdn.net/a.png", False),
    ],
)
def test_a_source_matches(source: str, url: str, allowed: bool) -> None:
    assert allows(f"img-src {source}", url) is allowed
    assert allows(f"default-src {source}", url) is allowed
    assert allows(f"default-src {source}; img-src 'none'", url) is False


def test_a_directive_falls_back_to_others() -> None:
    url = "https://cdn.net/a"
    assert allows("script-src cdn.net", url, "script-src-elem")
    assert not allows("script-src cdn.net; script-src-elem 'self'", url, "script-src-elem")
    assert allows("child-src cdn.net; default-src 'none'", url, "frame-src")
    assert allows("default-src 'none'", url, "form-action"), "form-action has no fallback"
    assert not allows("form-action 'none'", url, "form-action")
    assert allows("script-src 'nonce-abc'", url, "script-src-elem", nonce="abc")
    assert not allows("script-src 'strict-dynamic' cdn.net", url, "script-src-elem")


def inline(policy: str, *, attribute: bool = False, nonce: str = "") -> bool:
    load = Load(
        "script-src-attr" if attribute else "script-src-elem", "", 1, inline="x()", is_attribute=attribute, nonce=nonce
    )
    return SecurityPolicy.parse(policy, HOST).allows(load)


def test_inline_code_needs_a_keyword_a_nonce_or_a_hash() -> None:
    digest = hash_of("x()")
    assert inline("img-src *")
    assert not inline("script-src 'self' *")
    assert inline("script-src 'unsafe-inline'")
    assert not inline(f"script-src 'unsafe-inline' {hash_of('y()')}"), "a hash disables unsafe-inline"
    assert inline(f"script-src {digest}")
    assert inline(f"script-src {hash_of('x()', '384')}")
    assert inline("script-src 'nonce-n'", nonce="n")
    assert not inline(f"script-src {digest}", attribute=True)
    assert inline(f"script-src 'unsafe-hashes' {digest}", attribute=True)


def test_what_is_suggested_is_narrow() -> None:
    page = (
        '<script>x()</script><img src="https://a.net/1.png"><img src="data:,x"><video src="film.mp4"></video>'
        '<p onclick="y()"></p><form action="https://forms.net/f"></form>'
    )
    policy = SecurityPolicy.parse(STRICT_CONTENT_SECURITY_POLICY, HOST)
    wider = policy.allowing(load for load in read_page(page, f"https://{HOST}/").loads if not policy.allows(load))
    assert wider.directives["script-src"] == ("'self'", hash_of("x()"), "'unsafe-hashes'", hash_of("y()"))
    assert wider.directives["img-src"] == ("'self'", "https://a.net", "data:")
    assert wider.directives["media-src"] == ("'self'",)
    assert wider.directives["form-action"] == ("https://forms.net",)
    assert wider.directives["style-src"] == ("'self'", "{inline_styles}")
    assert wider.directives["default-src"] == ("'none'",)


urls = st.sampled_from(
    [
        "https://a.net/x",
        "http://b.net:8080/y/",
        f"https://{HOST}/z",
        "data:,x",
        "blob:https://a.net/1",
        "https://c.net:8443/",
    ]
)
directives = st.sampled_from(
    ["script-src-elem", "style-src-elem", "img-src", "font-src", "media-src", "frame-src", "form-action"]
)
inlines = st.builds(
    lambda kind, text: Load(f"{kind[0]}-src-{kind[1]}", "", 1, inline=text, is_attribute=kind[1] == "attr"),
    st.sampled_from([("script", "elem"), ("script", "attr"), ("style", "elem"), ("style", "attr")]),
    st.text(min_size=1, max_size=8),
)
loads = st.lists(st.builds(lambda directive, url: Load(directive, url, 1, url), directives, urls) | inlines, max_size=6)
policies = st.sampled_from(
    [
        STRICT_CONTENT_SECURITY_POLICY,
        "",
        "default-src 'self'",
        "default-src 'none'; script-src-elem 'self'; child-src 'none'",
        "default-src https:; style-src 'self'",
    ]
)


@given(policies, loads)
def test_the_suggested_policy_allows_everything_that_was_blocked(text: str, wanted: list[Load]) -> None:
    policy = SecurityPolicy.parse(text, HOST)
    blocked = [load for load in wanted if not policy.allows(load)]
    wider = SecurityPolicy.parse(str(policy.allowing(blocked)), HOST)
    assert [load for load in wanted if not wider.allows(load)] == []
    assert blocked or str(wider) == str(policy)
