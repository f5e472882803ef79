"""What our reading of a Content-Security-Policy blocks is what Chromium blocks."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Browser, Request, Route

from settings import INLINE_STYLES, STRICT_CONTENT_SECURITY_POLICY
from site_gen.policy.loads import read_page
from site_gen.policy.security_policy import SecurityPolicy, hash_of

HOST = "cv.example.com"
PAGE = f"https://{HOST}/"
NOTE = (
    "window.violations = [];"
    "document.addEventListener('securitypolicyviolation', event => violations.push(event.effectiveDirective))"
)
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
SNIPPETS = {
    "nothing": "<h1>Me</h1>",
    "own files": "<link rel=stylesheet href=a.css><script src=a.js></script><img src=a.png>",
    "inline script": "<script>window.ran = 1</script>",
    "data block": '<script type="application/ld+json">{}</script>',
    "module": "<script type=module>window.ran = 1</script>",
    "handler": "<p onclick='x()'>x</p>",
    "stylesheet": "<style>p { color: red }</style>",
    "style attribute": "<p style='color: red'>x</p>",
    "script elsewhere": "<script src=https://cdn.net/a.js></script>",
    "script elsewhere, other path": "<script src=https://cdn.net/other/a.js></script>",
    "stylesheet elsewhere": "<link rel=stylesheet href=https://cdn.net/a.css>",
    "image elsewhere": "<img src=https://cdn.net/a.png>",
    "image of a subdomain": "<img src=https://img.cdn.net/a.png>",
    "image on another port": "<img src=https://cdn.net:8443/a.png>",
    "image as data": f"<img src='{PIXEL}'>",
    "srcset": "<img srcset='https://cdn.net/a.png 1x'>",
    "background": "<link rel=stylesheet href=background.css><p>x</p>",
    "video": "<video src=v.mp4 preload=auto></video>",
    "audio source": "<audio preload=auto><source src=https://cdn.net/a.mp3></audio>",
    "frame": "<iframe src=https://cdn.net/></iframe>",
    "own frame": "<iframe src=/frame.html></iframe>",
    "object": "<object data=o.pdf type=application/pdf></object>",
    "base": "<base href=/blog/>",
    "nonce": "<script nonce=abc>window.ran = 1</script>",
}
POLICIES = (
    STRICT_CONTENT_SECURITY_POLICY.replace(INLINE_STYLES, ""),
    "default-src 'self'",
    "default-src 'self' 'unsafe-inline' https://cdn.net data:",
    "default-src 'none'; script-src 'self' cdn.net/a.js; style-src 'unsafe-inline'; img-src *.cdn.net; base-uri 'self'",
    "script-src 'nonce-abc' 'unsafe-inline'; script-src-attr 'none'; img-src https:; object-src 'none'; child-src",
    f"script-src {hash_of('window.ran = 1')} 'self'; img-src cdn.net:8443",
    "img-src *; media-src *; frame-src cdn.net; style-src-elem 'self'; default-src 'none'",
    "",
)
LISTED = {
    *("script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "img-src", "media-src", "frame-src"),
    *("object-src", "base-uri"),
}


def answer(route: Route, _: Request, *, page: str, policy: str) -> None:
    if route.request.url == PAGE:
        headers = {"Content-Security-Policy": policy} if policy else {}
        route.fulfill(status=200, content_type="text/html", headers=headers, body=page)
    elif route.request.url.endswith("background.css"):
        route.fulfill(status=200, content_type="text/css", body="p { color: blue }")
    elif route.request.url.endswith((".css", ".js")):
        kind = "text/css" if route.request.url.endswith(".css") else "text/javascript"
        route.fulfill(status=200, content_type=kind, body="")
    else:
        route.fulfill(status=200, content_type="text/html", body="x")


@pytest.mark.parametrize("policy", POLICIES)
def test_chromium_agrees(browser: Browser, policy: str) -> None:
    context = browser.new_context()
    context.add_init_script(NOTE)
    page = context.new_page()
    ours, theirs = {}, {}
    reading = SecurityPolicy.parse(policy, HOST)
    try:
        for name, snippet in SNIPPETS.items():
            html = f"<!doctype html><meta charset=utf-8><title>x</title>{snippet}"
            context.unroute_all()
            context.route("**/*", partial(answer, page=html, policy=policy))
            page.goto(PAGE, wait_until="load")
            page.wait_for_timeout(20)
            theirs[name] = sorted(set(page.evaluate("violations")) & LISTED)
            loads = read_page(html, PAGE).loads
            ours[name] = sorted({load.directive for load in loads if not reading.allows(load)} & LISTED)
    finally:
        context.close()
    assert ours == theirs
    assert any(theirs.values()) == bool(policy)
