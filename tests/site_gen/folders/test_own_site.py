"""A static site of the user's own is copied without hidden or outside files, and with a 404 page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from errors import OutputError, ResumeError
from site_gen.pipeline import build_site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    source = tmp_path / "own"
    for name in ("index.html", "css/a.css", "film.mp4", ".env", ".git/config", ".well-known/security.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(f"content of {name}\r\n\xff".encode("latin-1"))
    return source


def test_it_is_copied_byte_for_byte(own: Path, tmp_path: Path) -> None:
    (own / "404.html").write_text("mine")
    built = build_site(own, tmp_path / "site")
    assert built.changed
    for path in built.files:
        assert (built.folder / path).read_bytes() == (own / path).read_bytes()


def test_hidden_files_stay_private(own: Path, tmp_path: Path) -> None:
    files = build_site(own, tmp_path / "site").files
    public = [".well-known/security.txt", "404.html", "css/a.css", "film.mp4", "index.html"]
    assert [str(path) for path in files] == public


def test_a_404_page_is_made_where_there_is_none(own: Path, tmp_path: Path) -> None:
    page = (build_site(own, tmp_path / "site").folder / "404.html").read_text()
    assert 'href="/"' in page
    assert "style" not in page  # the security policy would refuse it


def test_links_within_the_folder_are_followed(own: Path, tmp_path: Path) -> None:
    (own / "styles").symlink_to("css")
    (own / "start.html").symlink_to("index.html")
    built = build_site(own, tmp_path / "site")
    for copy, original in (("styles/a.css", "css/a.css"), ("start.html", "index.html")):
        assert (built.folder / copy).read_bytes() == (own / original).read_bytes()
        assert not (built.folder / copy).is_symlink()


@pytest.mark.parametrize("inside", ["", "/notes.txt"])
def test_a_link_out_of_the_folder_is_refused(own: Path, tmp_path: Path, inside: str) -> None:
    """A link's author rarely intends to publish its target."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private/notes.txt").write_text("secret")
    (own / "link").symlink_to(f"{tmp_path}/private{inside}")
    with pytest.raises(ResumeError, match=r"link: is a link out of the site's folder"):
        build_site(own, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_link_into_what_is_hidden_is_refused(own: Path, tmp_path: Path) -> None:
    (own / "config.txt").symlink_to(".git/config")
    with pytest.raises(ResumeError, match="which is hidden"):
        build_site(own, tmp_path / "site")


@pytest.mark.parametrize(("one", "other"), [(".", "."), ("css", ".."), ("css", "../css")])
def test_links_that_lead_round_in_a_circle_are_refused(own: Path, tmp_path: Path, one: str, other: str) -> None:
    (own / one / "again").symlink_to(other)
    with pytest.raises(ResumeError, match="remove the link"):
        build_site(own, tmp_path / "site")


@pytest.mark.parametrize("leads_to", ["never-was.html", "itself.html"])
def test_a_link_to_nothing_is_named(own: Path, tmp_path: Path, leads_to: str) -> None:
    (own / "itself.html").symlink_to(leads_to)
    with pytest.raises(OutputError, match=leads_to):
        build_site(own, tmp_path / "site")


def test_a_pipe_is_refused_and_not_waited_for(own: Path, tmp_path: Path) -> None:
    os.mkfifo(own / "pipe")
    with pytest.raises(ResumeError, match="neither a file nor a folder"):
        build_site(own, tmp_path / "site")


def test_a_second_build_changes_nothing(own: Path, tmp_path: Path) -> None:
    build_site(own, tmp_path / "site")
    assert not build_site(own, tmp_path / "site").changed


def test_a_resume_beside_it_wins(own: Path, tmp_path: Path) -> None:
    (own / "resume.json").write_text('{"basics": {"name": "Ada"}}')
    (own / "theme").mkdir()
    (own / "theme" / "index.html.jinja").write_text("rendered")
    built = build_site(own, tmp_path / "site")
    assert (built.folder / "index.html").read_text() == "rendered"
