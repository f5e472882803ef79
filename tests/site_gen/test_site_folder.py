"""Requirements of the project's own site folder."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from local_cloud.edge.compression import compressed
from site_gen.folders.source import read_source, walk_files
from site_gen.languages.words import translated_languages
from site_gen.pages.scripts import ship_scripts
from site_gen.pipeline import build_site

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_content_only(site: Path) -> None:
    """A Python file in it would suggest `import site`, which is a module of the standard library."""
    assert not [path for path in walk_files(site) if path.suffix in {".py", ".pyc"}]


@pytest.mark.parametrize("language", translated_languages())
def test_the_counter_is_one_small_module_without_dependencies(site: Path, language: str) -> None:
    """Under 3 KB as a server sends it, with the words in English and in the language of the page."""
    code = ship_scripts(read_source(site).assets, (language,))["visitor-count.js"]
    assert b"import " not in code
    assert len(compressed(code, "gzip")) < 3 * 1024
    assert len(compressed(code, "br")) < 3 * 1024


def test_all_that_the_first_paint_waits_for_fits_into_one_round_trip(site: Path, tmp_path: Path) -> None:
    """14 KB: the initial congestion window, ten segments (RFC 6928)."""
    folder = build_site(site, tmp_path / "site").folder
    critical = [(folder / "index.html").read_bytes(), (folder / "visitor-count.js").read_bytes()]
    assert sum(len(gzip.compress(content)) for content in critical) <= 14 * 1024
    assert not re.search(rb'rel="stylesheet"|<script(?! type)', critical[0]), "nothing holds up the first paint"
