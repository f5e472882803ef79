"""A static site of the user's own is copied, hidden files apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen import build_site

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
    built = build_site(own, tmp_path / "site")
    assert built.changed
    for path in built.files:
        assert (built.folder / path).read_bytes() == (own / path).read_bytes()


def test_hidden_files_stay_private(own: Path, tmp_path: Path) -> None:
    files = build_site(own, tmp_path / "site").files
    assert [str(path) for path in files] == [".well-known/security.txt", "css/a.css", "film.mp4", "index.html"]


def test_a_second_build_changes_nothing(own: Path, tmp_path: Path) -> None:
    build_site(own, tmp_path / "site")
    assert not build_site(own, tmp_path / "site").changed


def test_a_resume_beside_it_wins(own: Path, tmp_path: Path) -> None:
    (own / "resume.json").write_text('{"basics": {"name": "Ada"}}')
    (own / "theme").mkdir()
    (own / "theme" / "index.html.jinja").write_text("rendered")
    built = build_site(own, tmp_path / "site")
    assert (built.folder / "index.html").read_text() == "rendered"
