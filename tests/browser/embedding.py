"""A page of somebody else with <visitor-count>: under a strict policy, and with words in three languages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from site_gen.folders.source import read_source
from site_gen.pages.scripts import ship_scripts
from tests.browser.light import ROOT

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self' ws://localhost:*; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
BOX = "<visitor-count></visitor-count>"
NARROW = f'<div style="inline-size: 120px">{BOX}</div>'


def shipped() -> str:
    """Return the script as a site in English, German and Arabic has it."""
    return ship_scripts(read_source(ROOT / "site").assets, ("en", "de", "ar"))["visitor-count.js"].decode()


DRAWN = "() => new Promise(done => setTimeout(done, 17))"
"""Evaluates when a page has drawn what it knows now: its counter draws 16 ms after the first change."""


def embedded(page: Page, site: str, body: str = BOX, html: str = '<html lang="en">', policy: str = POLICY) -> Locator:
    """Open a page with `body`, which has the script from `site`, and return its first counter."""
    text = f"<!doctype html>{html}<title>Blog</title>{body}<script async src='/visitor-count.js'></script>"
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    script = {"Content-Type": "text/javascript; charset=utf-8"}
    page.route(f"{site}/blog", lambda route: route.fulfill(headers=headers, body=text))
    page.route(f"{site}/visitor-count.js", lambda route: route.fulfill(headers=script, body=shipped()))
    page.goto(f"{site}/blog")
    return page.locator("visitor-count").first


def shadow(counter: Locator, expression: str) -> Any:
    """Return the value of an expression of JavaScript about `root`, the counter's shadow root."""
    return counter.evaluate(f"element => {{ const root = element.shadowRoot; return {expression}; }}")
