"""Links in the theme or among the images would be published, so they must lead to public files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from errors import OutputError, ResumeError
from site_gen.pipeline import build_site
from tests.site_gen.conftest import MakeSource

PAGE = {"index.html.jinja": "<link rel=stylesheet href=\"{{ asset('style.css') }}\">", "style.css": "h1{}"}


@pytest.fixture
def source(make_source: MakeSource, tmp_path: Path) -> Path:
    made = make_source(theme=PAGE)
    (made / "images").mkdir()
    private = tmp_path / "private"
    private.mkdir()
    (private / "id_rsa").write_text("PRIVATE KEY")
    return made


@pytest.mark.parametrize("name", ["theme/key.txt", "theme/key.html.jinja", "images/me.jpg"])
@pytest.mark.parametrize("inside", ["/id_rsa", ""])
def test_a_link_out_of_the_site_is_refused_and_publishes_nothing(
    source: Path, tmp_path: Path, name: str, inside: str
) -> None:
    (source / name).symlink_to(f"{tmp_path}/private{inside}")
    with pytest.raises(ResumeError, match=rf"{name}: is a link out of the site's folder, to .*private"):
        build_site(source, tmp_path / "built")
    assert not list((tmp_path / "built").rglob("*.*"))


@pytest.mark.parametrize("name", ["theme", "images"])
def test_a_folder_that_is_a_link_out_of_the_site_is_refused(source: Path, tmp_path: Path, name: str) -> None:
    (source / name).rename(tmp_path / "elsewhere")
    (source / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResumeError, match="is a link out of the site's folder"):
        build_site(source, tmp_path / "built")


def test_links_into_what_is_hidden_and_to_folders_are_refused(source: Path, tmp_path: Path) -> None:
    (source / ".env").write_text("TOKEN=1")
    (source / "images" / "env.txt").symlink_to("../.env")
    with pytest.raises(ResumeError, match="which is hidden"):
        build_site(source, tmp_path / "built")
    (source / "images" / "env.txt").unlink()
    (source / "theme" / "pictures").symlink_to("../images")
    with pytest.raises(ResumeError, match="is a link to a folder"):
        build_site(source, tmp_path / "built")


def test_a_link_within_the_site_is_followed_and_hidden_ones_are_nobodys_business(source: Path, tmp_path: Path) -> None:
    (source / "theme" / "other.css").symlink_to("style.css")
    (source / "theme" / ".#index.html.jinja").symlink_to("an-editors.lock")
    assert (build_site(source, tmp_path / "built").folder / "index.html").exists()


def test_a_link_to_nothing_and_a_pipe_are_named(source: Path, tmp_path: Path) -> None:
    (source / "theme" / "gone.css").symlink_to("never-was.css")
    with pytest.raises(OutputError, match=r"gone\.css|never-was"):
        build_site(source, tmp_path / "built")
    (source / "theme" / "gone.css").unlink()
    os.mkfifo(source / "images" / "pipe")
    with pytest.raises(ResumeError, match="neither a file nor a folder"):
        build_site(source, tmp_path / "built")
