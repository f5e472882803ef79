"""The résumé in several languages, built from several files."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from errors import ResumeError
from site_gen.languages.words import words_of
from site_gen.pages.edition import Edition
from site_gen.pipeline import BuiltSite, build_site
from site_gen.preview import Preview

if TYPE_CHECKING:
    from site_gen.folders.output import Contents
    from tests.site_gen.conftest import MakeSource

SITE = Path(__file__).parents[2] / "site"
ADDRESS = "https://example.com/"
NAMES = {"en": "Ada", "fr": "Ada la Française", "ar": "آدا"}


@pytest.fixture
def source(tmp_path: Path, make_source: MakeSource) -> Path:
    """Return a site with the project's theme, in English, French and Arabic."""
    theme = {path.name: path.read_text(encoding="utf-8") for path in (SITE / "theme").iterdir()}
    folder = make_source(theme=theme)
    for language, name in NAMES.items():
        resume = {"basics": {"name": name, "label": "L"}, "work": [{"position": "W", "startDate": "2021-03"}]}
        (folder / file_of(language)).write_text(json.dumps(resume), encoding="utf-8")
    return folder


def file_of(language: str) -> str:
    return "resume.json" if language == "en" else f"resume.{language}.json"


def built(source: Path, edition: Edition | None = None) -> BuiltSite:
    return build_site(source, source.parent / "built", edition or Edition(canonical_url=ADDRESS))


def page(site: BuiltSite, path: str) -> str:
    return (site.folder / path).read_text(encoding="utf-8")


def test_each_language_has_its_folder_and_its_words(source: Path) -> None:
    site = built(source)
    french, arabic = page(site, "fr/index.html"), page(site, "ar/index.html")
    assert '<html lang="fr" dir="ltr">' in french
    assert "Ada la Française" in french
    assert "mars 2021" in french
    assert "Expérience" in french
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "آدا" in arabic
    assert "<h1>Ada</h1>" in page(site, "index.html")
    assert PurePosixPath("fr/404.html") not in site.files, "a distribution has one error page"
    assert PurePosixPath("fr/robots.txt") not in site.files


def test_the_editions_know_each_other_by_absolute_address(source: Path) -> None:
    site = built(source)
    for path, address in (
        ("index.html", ADDRESS),
        ("fr/index.html", f"{ADDRESS}fr/"),
        ("ar/index.html", f"{ADDRESS}ar/"),
    ):
        text = page(site, path)
        assert f'<link rel="canonical" href="{address}">' in text
        assert re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text) == [
            ("en", ADDRESS),
            ("ar", f"{ADDRESS}ar/"),
            ("fr", f"{ADDRESS}fr/"),
            ("x-default", ADDRESS),
        ]
    assert re.findall("<loc>(.*)</loc>", page(site, "sitemap.xml")) == [ADDRESS, f"{ADDRESS}ar/", f"{ADDRESS}fr/"]


def switch(text: str) -> list[tuple[str, str, str]]:
    return re.findall(r'<li><a href="([^"]+)" hreflang="([^"]+)" lang="[^"]+"[^>]*>([^<]+)</a>', text)


def test_the_switch_names_each_language_in_itself_and_works_at_any_address(source: Path) -> None:
    site = built(source, Edition())
    assert switch(page(site, "index.html")) == [
        ("./", "en", "English"),
        ("ar/", "ar", "العربية"),
        ("fr/", "fr", "Français"),
    ]
    assert switch(page(site, "fr/index.html")) == [
        ("../", "en", "English"),
        ("../ar/", "ar", "العربية"),
        ("../fr/", "fr", "Français"),
    ]
    assert re.findall('lang="([^"]+)" aria-current="page"', page(site, "fr/index.html")) == ["fr"]
    assert "hreflang" not in page(site, "404.html")


def test_every_address_in_a_translation_leads_to_a_file(source: Path) -> None:
    site = built(source, Edition(last_count=None))
    for path in ("index.html", "fr/index.html"):
        for target in re.findall(r'(?:href|src)="([^"#:]+)"', page(site, path)):
            base = site.folder if target.startswith("/") else (site.folder / path).parent
            found = base / target.lstrip("/")
            assert (found / "index.html" if found.is_dir() else found).exists() or found.name == "badge.svg", target


def test_one_language_has_no_switch(source: Path) -> None:
    for language in ("fr", "ar"):
        (source / file_of(language)).unlink()
    text = page(built(source), "index.html")
    assert "hreflang" not in text
    assert "<nav" not in text


def test_each_language_is_printed_without_the_others(source: Path) -> None:
    printed: list[str] = []

    def print_pdf(contents: Contents) -> bytes:
        content = contents[PurePosixPath("index.html")]
        assert isinstance(content, bytes)
        printed.append(content.decode())
        return f"PDF {len(printed)}".encode()

    site = build_site(source, source.parent / "built", Edition(canonical_url=ADDRESS), print_pdf=print_pdf)
    assert [re.findall("<h1>(.*)</h1>", text)[0] for text in printed] == ["Ada", "آدا", "Ada la Française"]
    assert not any("hreflang" in text or ADDRESS in text for text in printed)
    for path in ("resume.pdf", "ar/resume.pdf", "fr/resume.pdf"):
        assert (site.folder / path).read_bytes().startswith(b"PDF ")
    assert 'href="resume.pdf"' in page(site, "fr/index.html")


def test_a_translation_brings_the_words_of_the_counter_and_the_script_does_not_grow(source: Path) -> None:
    site = built(source)
    script = next(path for path in site.files if path.name == "visitor-count.js")
    assert "visites" not in page(site, str(script))
    words = re.findall(r'<visitor-count words="([^"]+)"', page(site, "fr/index.html"))
    assert json.loads(html.unescape(words[0])) == words_of("fr")["counter"]
    assert "words=" not in page(site, "index.html")


def test_a_problem_in_a_translation_names_its_file(source: Path) -> None:
    (source / "resume.fr.json").write_text('{"basics": {"name": ""}}', encoding="utf-8")
    with pytest.raises(ResumeError, match=r"resume\.fr\.json.*basics\.name"):
        built(source)


def test_a_translation_into_the_sites_own_language_is_refused(source: Path) -> None:
    (source / "resume.en.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ResumeError, match=r"resume\.en\.json.*is in this language too"):
        built(source)


@pytest.mark.parametrize(
    "name", ["resume.FR.json", "resume.fr_CA.json", "resume.french.json", "resume.fra.json", "resume.und.json",
             "resume.xyz.json", "resume.fr-zzzzzzzz.json", "resume.draft.json"]
)  # fmt: skip
def test_a_file_named_by_no_language_is_not_published_and_noted(source: Path, name: str) -> None:
    (source / name).write_text("not JSON", encoding="utf-8")
    site = built(source)
    assert len(switch(page(site, "index.html"))) == 3
    (note,) = site.notes
    assert f"{name} is not published" in note


@pytest.mark.parametrize("name", ["resume.fr.json.bak", "a.resume.fr.json", "resume.before-1.json.bak"])
def test_other_files_are_left_alone(source: Path, name: str) -> None:
    (source / name).write_text("not JSON", encoding="utf-8")
    site = built(source)
    assert len(switch(page(site, "index.html"))) == 3
    assert site.notes == ()


def test_a_site_in_a_language_without_a_name_can_have_translations(source: Path) -> None:
    site = built(source, Edition(language="tlh"))
    assert ("./", "tlh", "Tlh") in switch(page(site, "index.html"))


def test_the_preview_serves_a_folder_by_its_index(source: Path) -> None:
    preview = Preview(source, source.parent / "built", Edition(), "default-src 'self'", print)
    preview.refresh()
    for path, file in (("/fr/", "fr/index.html"), ("/", "index.html"), ("/?x=/", "index.html")):
        assert preview.file(path) == (preview.destination / file).resolve()
    assert preview.file("/fr/nothing/") is None
