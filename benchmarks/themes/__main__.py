"""Print a row for each theme: of the sample résumé, and of all résumés of the browser tests together.

Requests to third parties are counted and not sent, so their bytes are not in the weight. With `--lighthouse`, the
scores of the sample on a phone are printed too; they need a quiet machine.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import lighthouse
from benchmarks.themes.measures import Look, look
from benchmarks.themes.rendered import OURS, SAMPLE, Addresses, ours, peers, resumes, theirs
from tests.browser.conftest import launched

TITLES = (
    *("theme", "kB gzip", "requests", "third parties", "axe", "HTML errors", "pages", "overflow px", "dark"),
    *("rendered", "axe, all", "HTML errors, all", "overflowing"),
)


def row(theme: str, looks: dict[str, Look]) -> list[str]:
    """Return the cells of a theme."""
    one, every = looks[SAMPLE], looks.values()
    return [
        *(theme, f"{one.kilobytes:.1f}", str(one.requests), str(one.foreign), str(one.axe), str(one.invalid)),
        *(str(one.pages), str(one.overflow), "yes" if one.dark else "no", f"{len(looks)} of {len(resumes())}"),
        *(str(sum(each.axe for each in every)), str(sum(each.invalid for each in every))),
        str(sum(each.overflow > 0 for each in every)),
    ]


def served_by(theme: str, folder: Path) -> AbstractContextManager[Addresses]:
    """Return the pages of a theme."""
    return ours(folder / theme) if theme == OURS else theirs(theme, folder / theme)


def scores(address: str) -> list[str]:
    """Return Lighthouse's four scores of a page on a phone."""
    categories = lighthouse.measure(address, lighthouse.PRESETS["mobile"])["categories"]
    return [f"{categories[each]['score'] * 100:.0f}" for each in lighthouse.CATEGORIES]


def measured(browser: Browser, theme: str, folder: Path, *, with_scores: bool) -> list[str]:
    """Return the cells of a theme, with its scores if they are wanted."""
    with served_by(theme, folder) as addresses:
        cells = row(theme, {name: look(browser, address, folder) for name, address in addresses.items()})
        return [*cells, *(scores(addresses[SAMPLE]) if with_scores else ())]


def main() -> None:
    with_scores = "--lighthouse" in sys.argv[1:]
    titles = [*TITLES, *(lighthouse.CATEGORIES if with_scores else ())]
    print(f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}")
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        for theme in (OURS, *peers()):
            print(f"| {' | '.join(measured(browser, theme, Path(folder), with_scores=with_scores))} |", flush=True)


if __name__ == "__main__":
    main()
