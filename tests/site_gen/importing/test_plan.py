"""`resume import`: a valid file is copied byte for byte, an invalid one changes nothing, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from errors import OutputError, ResumeError
from site_gen.importing.plan import import_resume

if TYPE_CHECKING:
    from pathlib import Path

VALID = {"basics": {"name": "Ada", "image": "https://example.com/ada.jpg"}, "work": [{"name": "One", "endDate": ""}]}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "resume.json").write_text('{"basics": {"name": "Before"}}')
    return folder


def foreign(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "cv.json"
    path.write_text(json.dumps(document, indent=2))
    return path


def test_a_valid_file_comes_in_and_the_one_before_is_kept(site: Path, tmp_path: Path) -> None:
    file = foreign(tmp_path, VALID)
    imported = import_resume(file, site)
    assert imported.path.read_bytes() == file.read_bytes()
    assert imported.backup
    assert imported.backup.read_text() == '{"basics": {"name": "Before"}}'
    assert "basics.image is omitted" in imported.notes[0]
    again = import_resume(file, site)
    assert again.backup != imported.backup, "no earlier one is lost"


def test_an_invalid_one_is_refused_by_path_and_line(site: Path, tmp_path: Path) -> None:
    file = foreign(tmp_path, {"basics": {"name": "Ada"}, "work": [{"startDate": "spring"}]})
    with pytest.raises(ResumeError) as caught:
        import_resume(file, site)
    assert caught.value.where == f"{file}:7:20: work[0].startDate"
    assert (site / "resume.json").read_text() == '{"basics": {"name": "Before"}}'
    assert [path.name for path in site.iterdir()] == ["resume.json"]


def test_a_portrait_that_is_not_in_the_site_is_reported_before_the_build_would(site: Path, tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match="not a file of the site"):
        import_resume(foreign(tmp_path, {"basics": {"name": "Ada", "image": "me.jpg"}}), site)


def test_a_file_that_is_not_there_and_the_sites_own(site: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read"):
        import_resume(tmp_path / "none.json", site)
    with pytest.raises(ResumeError, match="already"):
        import_resume(site / "resume.json", site)


def test_the_first_one_has_none_before_it(tmp_path: Path) -> None:
    assert import_resume(foreign(tmp_path, VALID), tmp_path / "new").backup is None
