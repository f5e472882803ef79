"""`resume import`: a file that is fine is copied byte for byte, one that is refused changes nothing, and nothing is
lost."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import time
from pathlib import Path

import pytest

from errors import OutputError, ResumeError
from site_gen.importing.plan import carry_out, plan_import
from site_gen.resume.reading import read_resume
from tests.site_gen.importing.conftest import BEFORE, MakeFile
from tests.site_gen.importing.corpus import picture
from tests.site_gen.importing.importing import import_resume

VALID = {"basics": {"name": "Ada", "image": "https://example.com/ada.jpg"}, "work": [{"name": "One", "endDate": ""}]}
WITH_PICTURE = {"basics": {"name": "Ada", "image": "me.png"}}


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_valid_file_comes_in_and_the_one_before_is_kept(site: Path, foreign: MakeFile) -> None:
    file = foreign(VALID)
    imported = import_resume(file, site)
    assert imported.path.read_bytes() == file.read_bytes()
    assert imported.backup
    assert imported.backup.read_text() == BEFORE
    assert "basics.image is omitted" in imported.notes[0]
    again = import_resume(file, site)
    assert again.backup != imported.backup, "no earlier one is lost"


def test_one_without_a_name_is_refused_by_path_and_line(site: Path, foreign: MakeFile) -> None:
    file = foreign({"basics": {"label": "Dev", "name": ""}, "work": [{"startDate": "spring"}]})
    with pytest.raises(ResumeError) as caught:
        import_resume(file, site)
    assert caught.value.where == f"{file}:4:13: basics.name"
    assert (site / "resume.json").read_text() == BEFORE
    assert names(site) == {"resume.json"}


def test_a_portrait_of_the_site_stays(site: Path, foreign: MakeFile) -> None:
    (site / "images").mkdir()
    (site / "images/me.png").write_bytes(picture())
    plan = plan_import(foreign({"basics": {"name": "Ada", "image": "images/me.png"}}), site)
    assert (plan.changes, plan.picture) == ((), None)


@pytest.mark.parametrize("name", ["none.json", "."])
def test_the_next_step_for_no_file_is_to_name_one(name: str, site: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read") as caught:
        plan_import(tmp_path / name, site)
    assert caught.value.next_step.startswith("name a file that you may read: JSON Resume")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"basics": {"name": "Ada"}, "n": ' + b"9" * 5000 + b"}", "has a number of thousands of digits"),
        (b"{basics: {name: 'Ada'}, n: " + b"9" * 5000 + b"}", "is not JSON"),
        (b'<!DOCTYPE a [<!ENTITY b "x">]><Candidate>&b;</Candidate>', "is XML with a DTD, which is not read"),
        (b'<?xml version="1.0" encoding="none"?><Candidate/>', "is XML that cannot be read: unknown encoding"),
    ],
)
def test_no_error_shows_the_parsers_own_words(content: bytes, problem: str, site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError) as caught:
        plan_import(foreign(content), site)
    assert problem in caught.value.what
    assert "sys." not in str(caught.value)
    assert "(" not in caught.value.what


def test_a_file_that_is_not_there_and_the_sites_own(site: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read"):
        import_resume(tmp_path / "none.json", site)
    with pytest.raises(ResumeError, match="already"):
        plan_import(site / "resume.json", site)


def test_the_sites_own_is_mended_in_its_place(site: Path) -> None:
    own = site / "resume.json"
    own.write_text('{"basics": {"name": "Before", "url": "www.example.com"},}')
    imported = import_resume(own, site)
    assert json.loads(own.read_text()) == {"basics": {"name": "Before", "url": "https://www.example.com"}}
    assert imported.backup
    assert "www.example.com" in imported.backup.read_text()


@pytest.mark.parametrize("name", ["resume.json", "resume.fr.json", "resume.pt-BR.json"])
@pytest.mark.parametrize(
    "text",
    [
        '{"basics": {"name": "Ada"},}',
        '{"basics": {"name": "Ada", "url": "www.example.com"}}',
        '{"basics": {"name": "Ada"}, "basics": {}}',
    ],
)
def test_the_advice_of_an_error_mends_that_file_and_no_other(name: str, text: str, site: Path) -> None:
    broken = site / name
    broken.write_text(text)
    with pytest.raises(ResumeError) as caught:
        read_resume(broken)
    import_resume(Path(caught.value.next_step.partition("resume import ")[2]), site)
    assert read_resume(broken)["basics"]["name"] == "Ada"
    assert name == "resume.json" or (site / "resume.json").read_text() == BEFORE


def test_a_translation_sets_no_language(site: Path) -> None:
    translation = site / "resume.fr.json"
    translation.write_text('{"basics": {"name": "Ada", "url": "www.example.com"}, "meta": {"language": "fr"}}')
    plan = plan_import(translation, site)
    assert (plan.target, plan.is_own, plan.language) == (translation, True, "")


def test_a_language_that_is_taken_is_told(site: Path, foreign: MakeFile) -> None:
    (site / "resume.fr.json").write_text(BEFORE)
    plan = plan_import(foreign({"basics": {"name": "Ada"}, "meta": {"language": "fr"}}), site)
    assert plan.language == ""
    assert "the text is in fr, as is resume.fr.json: site.language stays" in plan.notes[0]


def test_a_large_document_is_mended_fast(site: Path, foreign: MakeFile) -> None:
    work = [{"company": "A", "startDate": "Sep 2019", "url": "www.example.com"}] * 2_000
    started = time.monotonic()
    plan_import(foreign({"basics": {"name": "Ada"}, "work": work}), site)
    assert time.monotonic() - started < 8


def test_json5_of_some_size_is_read_fast(site: Path, foreign: MakeFile) -> None:
    """A file of more is read only if comments and commas are all that is wrong with it."""
    text = "{basics: {name: 'Ada', note: '" + "A" * 148_000 + "'}}"
    started = time.monotonic()
    plan_import(foreign(text.encode()), site)
    with pytest.raises(ResumeError, match="is not JSON"):
        plan_import(foreign(text.replace("AAA", "AAAAA").encode()), site)
    assert time.monotonic() - started < 8


def test_a_document_larger_than_that_is_refused(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match="more values"):
        plan_import(foreign({"basics": {"name": "Ada"}, "skills": ["a"] * 10_000}), site)


def test_the_first_one_has_none_before_it(foreign: MakeFile, tmp_path: Path) -> None:
    assert import_resume(foreign(VALID), tmp_path / "new").backup is None


def test_what_is_mended_is_written_as_readable_json(site: Path, foreign: MakeFile) -> None:
    imported = import_resume(foreign({"basics": {"name": "Adé", "url": "www.example.com"}}), site)
    assert imported.path.read_text(encoding="utf-8") == (
        '{\n  "basics": {\n    "name": "Adé",\n    "url": "https://www.example.com"\n  }\n}\n'
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_error(site: Path, foreign: MakeFile) -> None:
    site.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            import_resume(foreign(VALID), site)
    finally:
        site.chmod(stat.S_IRWXU)


def test_a_failure_leaves_nothing_new(site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(WITH_PICTURE, beside={"me.png": picture()}), site)
    (site / ".resume.json.new").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        carry_out(plan)
    assert names(site) == {"resume.json"}
    assert (site / "resume.json").read_text() == BEFORE


def test_a_target_in_the_way_is_one_error(foreign: MakeFile, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be"):
        import_resume(foreign(VALID), tmp_path / "file" / "site")


def test_the_plan_is_what_is_carried_out(site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(VALID), site)
    assert carry_out(dataclasses.replace(plan, content=b"{}")).path.read_bytes() == b"{}"


SLOW = {
    "email": "a" * 300_000,
    "url": "www." + "a" * 300_000,
    "startDate": " " * 100_000 + "x" + " " * 100_000,
    "keywords": " " * 300_000 + "x",
}


@pytest.mark.parametrize("key", SLOW)
def test_no_long_text_takes_long(key: str, site: Path, foreign: MakeFile) -> None:
    entry = {key: SLOW[key]}
    document = {
        "basics": {"name": "Ada", **entry},
        "work": [{"name": "A", **entry}],
        "skills": [{"name": "B", **entry}],
    }
    started = time.monotonic()
    plan_import(foreign(document), site)
    assert time.monotonic() - started < 5


def test_a_large_file_with_a_comment_is_read_fast(site: Path, foreign: MakeFile) -> None:
    """The picture inside is what makes it large."""
    text = '{ // me\n"basics": {"name": "Ada", "note": "' + "A" * 3_000_000 + '",},}'
    started = time.monotonic()
    plan_import(foreign(text.encode()), site)
    assert time.monotonic() - started < 5
