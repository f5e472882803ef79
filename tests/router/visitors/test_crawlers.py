from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployment.package.crawlers import crawler_list, known_patterns
from router.visitors import crawlers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0"
_ANDROID = f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36"
BROWSERS = (
    _WINDOWS,
    _WINDOWS + " Edg/142.0.0.0",
    _WINDOWS + " OPR/124.0.0.0",
    _MAC + " Safari/605.1.15",
    _PHONE + " Mobile/15E148 Safari/604.1",
    _ANDROID,
    _ANDROID.replace("Chrome", "SamsungBrowser/28.0 Chrome"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Amazon CloudFront",
)
AUTOMATION = (
    "",
    "   ",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.0.0",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Python/3.11 aiohttp/3.14.5",
    "Python/3.12 websockets/15.0",
    "node",
    "Java/21.0.2",
)


@pytest.fixture(scope="module", autouse=True)
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("router") / "crawlers.txt"
    path.write_bytes(crawler_list(known_patterns()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crawlers, "LIST", path)
        crawlers._patterns.cache_clear()
        yield path
    crawlers._patterns.cache_clear()


@pytest.mark.parametrize("user_agent", BROWSERS)
def test_browsers_are_not_crawlers(user_agent: str) -> None:
    assert not crawlers.is_crawler(user_agent)


@pytest.mark.parametrize("user_agent", AUTOMATION)
def test_crawlers_and_automation_are_detected(user_agent: str) -> None:
    assert crawlers.is_crawler(user_agent)


def test_every_example_of_the_source_is_detected() -> None:
    import crawleruseragents

    examples = {one for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA for one in entry["instances"]}
    assert len(examples) > 1000
    assert {one for one in examples if not crawlers.is_crawler(one)} <= {"Amazon CloudFront"}


def test_a_checkout_detects_only_an_empty_user_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers, "LIST", tmp_path / "none")
    crawlers._patterns.cache_clear()
    assert crawlers.is_crawler("")
    assert not crawlers.is_crawler("curl/8.5.0")
    crawlers._patterns.cache_clear()
