"""The whole build, through its only function."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from errors import OutputError, ResumeError
from site_gen.folders.output import Contents
from site_gen.pages.edition import Edition
from site_gen.pdf import fingerprint
from site_gen.pipeline import BuiltSite, build_site

if TYPE_CHECKING:
    from tests.site_gen.conftest import MakeSource

EDITION = Edition(canonical_url="https://example.com", last_count=7)
HASHED = re.compile(r"assets/[^/]+\.[0-9a-f]{12}\.[a-z0-9]+")


def read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_the_projects_own_site_becomes_pages_and_hashed_assets(site: Path, tmp_path: Path) -> None:
    built = build_site(site, tmp_path / "out" / "site", EDITION)
    assert isinstance(built, BuiltSite)
    assert built.changed
    assert [str(path) for path in built.files] == sorted(read_tree(built.folder))
    pages = [path for path in built.files if not HASHED.fullmatch(str(path))]
    assert [str(page) for page in pages] == [
        *("404.html", "favicon.ico", "humans.txt", "index.html", "robots.txt", "site.webmanifest", "sitemap.xml"),
        "visitor-count.js",
    ]


def test_without_an_address_there_is_no_sitemap(site: Path, tmp_path: Path) -> None:
    built = build_site(site, tmp_path / "site")
    assert PurePosixPath("sitemap.xml") not in built.files
    assert "Sitemap:" not in (built.folder / "robots.txt").read_text()


def test_a_printer_adds_the_pdf_and_its_link(site: Path, tmp_path: Path) -> None:
    built = build_site(site, tmp_path / "site", print_pdf=lambda _: b"%PDF ")
    assert (built.folder / "resume.pdf").read_bytes().startswith(b"%PDF ")
    assert 'href="resume.pdf"' in (built.folder / "index.html").read_text(encoding="utf-8")
    without = build_site(site, tmp_path / "site", print_pdf=lambda _: None)
    assert PurePosixPath("resume.pdf") not in without.files
    assert "resume.pdf" not in (built.folder / "index.html").read_text(encoding="utf-8")


def test_what_is_printed_is_the_same_wherever_it_is_published(site: Path, tmp_path: Path) -> None:
    """A first deploy learns its address from the stack, after its first build: the PDF is then cached already."""
    printed: set[str] = set()

    def printer(contents: Contents) -> bytes:
        printed.add(fingerprint(contents))
        return b"%PDF "

    for number, address in enumerate((None, "https://d1.example.net", "https://cv.example.com")):
        build_site(site, tmp_path / f"site-{number}", Edition(canonical_url=address), print_pdf=printer)
    assert len(printed) == 1


def test_the_policy_has_to_allow_one_stylesheet_for_all_pages(site: Path, tmp_path: Path) -> None:
    built = build_site(site, tmp_path / "site")
    (style,) = built.inline_styles
    for page in ("index.html", "404.html"):
        (text,) = re.findall(r"<style>(.*?)</style>", (built.folder / page).read_text(encoding="utf-8"), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert style == f"'sha256-{digest}'"


def test_every_file_the_pages_ask_for_is_there(site: Path, tmp_path: Path) -> None:
    folder = build_site(site, tmp_path / "site").folder
    for page, prefix in (("index.html", ""), ("404.html", "/")):
        text = (folder / page).read_text(encoding="utf-8")
        wanted = re.findall(r'(?:href|src)="(/?)(assets/[^"]+)"', text)
        assert wanted
        assert {root for root, _ in wanted} == {prefix}  # an error page is shown at any depth
        assert all((folder / path).is_file() for _, path in wanted)


def test_the_same_source_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    first = build_site(site, tmp_path / "one", EDITION)
    second = build_site(site, tmp_path / "two", EDITION)
    assert read_tree(first.folder) == read_tree(second.folder)


def test_an_unchanged_site_is_left_alone(make_source: MakeSource, tmp_path: Path) -> None:
    source, destination = make_source(), tmp_path / "site"
    build_site(source, destination)
    before = destination.stat().st_ino, (destination / "index.html").stat().st_mtime_ns
    assert not build_site(source, destination).changed
    assert (destination.stat().st_ino, (destination / "index.html").stat().st_mtime_ns) == before


def test_an_edit_replaces_the_page_and_drops_what_is_gone(make_source: MakeSource, tmp_path: Path) -> None:
    page = {"index.html.jinja": "{{ asset('style.css') }}", "style.css": "a {}"}
    destination = build_site(make_source(theme=page), tmp_path / "site").folder
    before = read_tree(destination)
    assert build_site(make_source(theme=page | {"style.css": "b {}"}), destination).changed
    after = read_tree(destination)
    assert len(after) == len(before) == 2
    assert after.keys() != before.keys()


@pytest.mark.parametrize(
    ("resume", "theme"),
    [
        ("{", None),
        ({"basics": {}}, None),
        (None, {"index.html.jinja": "{% if %}"}),
        (None, {"index.html.jinja": "{{ asset('gone.css') }}"}),
    ],
)
def test_a_failing_build_keeps_the_old_site(
    make_source: MakeSource, tmp_path: Path, resume: object, theme: dict[str, str] | None
) -> None:
    destination = build_site(make_source(), tmp_path / "site").folder
    before = read_tree(destination)
    with pytest.raises(ResumeError):
        build_site(make_source(resume, theme), destination)
    assert read_tree(destination) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "source"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match="no such folder") as caught:
        build_site(tmp_path / "nowhere", tmp_path / "site")
    assert caught.value.where == str(tmp_path / "nowhere")


def test_an_empty_folder_says_what_belongs_in_it(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(ResumeError, match=r"neither resume\.json nor index\.html"):
        build_site(tmp_path / "source", tmp_path / "site")


def test_a_missing_theme_is_named(make_source: MakeSource, tmp_path: Path) -> None:
    source = make_source(theme={})
    (source / "theme").rmdir()
    with pytest.raises(ResumeError, match="the theme is missing"):
        build_site(source, tmp_path / "site")


@pytest.mark.parametrize("inside", ["", "theme/out"])
def test_a_site_is_not_built_into_its_source(make_source: MakeSource, inside: str) -> None:
    source = make_source()
    with pytest.raises(OutputError, match="its own source"):
        build_site(source, source / inside)
    assert (source / "resume.json").is_file()


def test_a_site_is_not_built_around_its_source(make_source: MakeSource) -> None:
    source = make_source()
    with pytest.raises(OutputError, match="its own source"):
        build_site(source, source.parent)


def test_a_portrait_is_published_with_its_hash(make_source: MakeSource, tmp_path: Path) -> None:
    source = make_source({"basics": {"name": "Ada", "image": "images/me.jpg"}}, {"index.html.jinja": ""})
    (source / "images").mkdir()
    (source / "images" / "me.jpg").write_bytes(b"jpeg")
    files = build_site(source, tmp_path / "site").files
    assert any(re.fullmatch(r"assets/me\.[0-9a-f]{12}\.jpg", str(path)) for path in files)


@pytest.mark.parametrize("image", ["images/gone.jpg", "../secret.png"])
def test_a_portrait_that_is_not_in_the_folder_is_refused(make_source: MakeSource, tmp_path: Path, image: str) -> None:
    source = make_source({"basics": {"name": "Ada", "image": image}})
    with pytest.raises(ResumeError, match="not a file of the site") as caught:
        build_site(source, tmp_path / "site")
    assert caught.value.where.endswith("resume.json: basics.image")


def test_a_portrait_on_another_site_is_left_out_and_said(make_source: MakeSource, tmp_path: Path) -> None:
    source = make_source({"basics": {"name": "Ada", "image": "https://example.com/me.jpg"}})
    (note,) = build_site(source, tmp_path / "site").notes
    assert "basics.image is omitted" in note
    assert "example.com" not in (tmp_path / "site" / "index.html").read_text()


def test_a_resume_that_is_a_folder_cannot_be_read(make_source: MakeSource, tmp_path: Path) -> None:
    source = make_source()
    (source / "resume.json").unlink()
    (source / "resume.json").mkdir()
    with pytest.raises(OutputError, match="cannot be read") as caught:
        build_site(source, tmp_path / "site")
    assert caught.value.where == str(source / "resume.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_an_output_error(make_source: MakeSource, tmp_path: Path) -> None:
    source = make_source()
    (source / "theme").chmod(0)
    try:
        with pytest.raises(OutputError, match="cannot be read"):
            build_site(source, tmp_path / "site")
    finally:
        (source / "theme").chmod(0o755)
