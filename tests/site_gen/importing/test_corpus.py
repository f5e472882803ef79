"""Every file of the corpus: what is plain comes in and is told, nothing else is changed, and a second import of the
result finds nothing to mend."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from errors import ResumeError
from site_gen.importing.plan import plan_import
from site_gen.importing.report import report_lines
from site_gen.resume.reading import read_resume
from tests.site_gen.importing.conftest import BEFORE, MakeFile
from tests.site_gen.importing.corpus import FINE, MENDED, REFUSED, Case
from tests.site_gen.importing.importing import import_resume


def value_at(document: Any, path: str) -> Any:
    """Return the value at a dotted path, None if there is none."""

    def step(value: Any, key: str) -> Any:
        if isinstance(value, list):
            return value[int(key)]
        return value.get(key) if isinstance(value, dict) else None

    return functools.reduce(step, path.split("."), document)


def files_of(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_the_corpus_is_large_and_its_names_are_its_own() -> None:
    names = [case.name for case in (*MENDED, *FINE)]
    assert len(names) == len(set(names)) >= 40


@pytest.mark.parametrize("case", MENDED, ids=lambda case: case.name)
def test_what_is_plain_is_mended_and_told(case: Case, site: Path, foreign: MakeFile) -> None:
    file = foreign(case.bytes(), beside=case.beside)
    report = "\n".join(report_lines(plan_import(file, site)))
    imported = import_resume(file, site)
    document = json.loads(imported.path.read_text(encoding="utf-8"))
    for path, wanted in case.expected.items():
        assert value_at(document, path) == wanted, path
    for text in case.told:
        assert text in report
    assert report
    resume = read_resume(imported.path)
    image = resume["basics"].get("image")
    assert image is None or (site / image).is_file()


@pytest.mark.parametrize("case", MENDED, ids=lambda case: case.name)
def test_a_second_import_changes_nothing(case: Case, site: Path, foreign: MakeFile, tmp_path: Path) -> None:
    imported = import_resume(foreign(case.bytes(), beside=case.beside), site)
    with pytest.raises(ResumeError, match="nothing to mend"):
        plan_import(imported.path, site)
    other = tmp_path / "other"
    copied = plan_import(imported.path, other)
    assert copied.changes == ()


@pytest.mark.parametrize("case", [*MENDED, *FINE], ids=lambda case: case.name)
def test_planning_writes_nothing(case: Case, site: Path, foreign: MakeFile) -> None:
    file = foreign(case.bytes(), beside=case.beside)
    before = files_of(file.parent), files_of(site)
    plan_import(file, site)
    assert (files_of(file.parent), files_of(site)) == before


@pytest.mark.parametrize("case", FINE, ids=lambda case: case.name)
def test_what_is_fine_comes_in_byte_for_byte(case: Case, site: Path, foreign: MakeFile) -> None:
    file = foreign(case.bytes())
    plan = plan_import(file, site)
    assert plan.changes == ()
    report = "\n".join(report_lines(plan))
    assert all(text in report for text in case.told)
    assert import_resume(file, site).path.read_bytes() == case.bytes()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_resume_is_refused_and_nothing_is_changed(name: str, site: Path, foreign: MakeFile) -> None:
    file = foreign(REFUSED[name])
    with pytest.raises(ResumeError) as caught:
        import_resume(file, site)
    assert str(file) in caught.value.where
    assert caught.value.what
    assert caught.value.next_step
    str(caught.value).encode()
    assert files_of(site) == {"resume.json": BEFORE.encode()}
