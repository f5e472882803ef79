"""The page in Firefox, if installed: rendered, accessible, complete, and correct without its server."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser.firefox import firefox
from tests.browser.node_tools import node_modules

pytestmark = pytest.mark.browser

PROGRAM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']}).then(found => found.violations.map(v => v.id).join())"


@pytest.mark.skipif(PROGRAM is None, reason="no Firefox found")
def test_the_page_in_firefox(own_site: str, tmp_path: Path) -> None:
    async def look() -> None:
        async with firefox(PROGRAM or "", tmp_path) as tab:
            for width in (450, 768, 1280):  # 450 is the narrowest window that Firefox opens
                await tab.open(own_site, width)
                assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert await tab.evaluate("document.querySelector('visitor-count').offsetHeight") == 120
            counter = "document.querySelector('visitor-count')"
            shown = await tab.evaluate(f"{counter}.shadowRoot.querySelector('.number').textContent")
            assert shown == "1,200", "of the last build: there is no server here"
            assert await tab.evaluate("getComputedStyle(document.body).maxWidth") == "992px", (
                "the policy lets styles in"
            )
            await tab.evaluate((node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";1")
            assert await tab.evaluate(AXE) == ""
            assert not [text for text in tab.logged if "can’t establish a connection" not in text], tab.logged

    # In a thread of its own: Playwright, which the other tests use, has a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, look()).result()
