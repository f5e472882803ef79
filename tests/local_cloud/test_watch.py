"""Edits are reported by part and in bursts; other changes are not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from watchfiles import Change

from local_cloud.watch import Part, Watch, Watched, _Sources

PATIENCE = 20.0


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    for folder in ("site", "router"):
        (tmp_path / folder).mkdir()
    (tmp_path / "settings.toml").write_text("")
    return Watched(tmp_path / "site", tmp_path / "router", tmp_path / "settings.toml")


def noticed(watched: Watched, edit: Callable[[], object]) -> set[Part]:
    """Return the parts reported for one edit that is made at once and awaited later."""

    async def main() -> set[Part]:
        watch = Watch(watched)
        await watch.start()
        try:
            edit()
            async with asyncio.timeout(PATIENCE):
                return await watch.edited()
        finally:
            await watch.stop()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "part"),
    [("site/resume.json", Part.SITE), ("router/deep/handler.py", Part.ROUTER), ("settings.toml", Part.SETTINGS)],
)
def test_an_edit_is_noticed_by_its_part(watched: Watched, name: str, part: Part) -> None:
    path = watched.settings.parent / name
    path.parent.mkdir(exist_ok=True)
    assert noticed(watched, lambda: path.write_text("edited")) == {part}


def test_an_editor_that_replaces_the_settings_is_noticed(watched: Watched) -> None:
    def replace() -> None:
        beside = watched.settings.with_suffix(".tmp")
        beside.write_text("new")
        beside.replace(watched.settings)

    assert noticed(watched, replace) == {Part.SETTINGS}


def test_a_burst_of_saves_is_one_edit(watched: Watched) -> None:
    def save() -> None:
        for number in range(20):
            (watched.router / f"file{number}.py").write_text("")
            (watched.site / f"page{number}.html").write_text("")

    assert noticed(watched, save) == {Part.ROUTER, Part.SITE}


def test_edits_made_while_nobody_asks_come_together(watched: Watched) -> None:
    async def main() -> set[Part]:
        watch = Watch(watched)
        await watch.start()
        try:
            async with asyncio.timeout(PATIENCE):
                (watched.site / "page.html").write_text("")
                assert await watch.edited() == {Part.SITE}
                (watched.site / "page.html").write_text("again")
                (watched.router / "handler.py").write_text("")
                found: set[Part] = set()
                while found != {Part.SITE, Part.ROUTER}:
                    found |= await watch.edited()
                return found
        finally:
            await watch.stop()

    assert asyncio.run(main()) == {Part.SITE, Part.ROUTER}


def test_a_site_folder_that_is_missing_is_for_the_deploy_to_tell(watched: Watched) -> None:
    watched.site.rmdir()
    assert noticed(watched, lambda: (watched.router / "handler.py").write_text("")) == {Part.ROUTER}


@pytest.mark.parametrize(
    "name",
    [
        "__pycache__/handler.cpython-311.pyc",
        ".handler.py.swp",
        "handler.py~",
        "4913",
        "#handler.py#",
        ".DS_Store",
        ".git/index",
        "resume.json.tmp",
    ],
)
def test_what_editors_and_python_write_is_no_edit(tmp_path: Path, name: str) -> None:
    assert not _Sources()(Change.added, str(tmp_path / name))


@pytest.mark.parametrize("name", ["handler.py", "resume.json", "theme/style.css", "images/me.jpg"])
def test_sources_are(tmp_path: Path, name: str) -> None:
    assert _Sources()(Change.modified, str(tmp_path / name))


def test_a_file_beside_is_of_no_part(watched: Watched) -> None:
    assert watched.part(str(watched.settings.parent / "README.md")) is None
