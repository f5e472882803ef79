"""`resume import` as a user runs it: the report, --check, and the language in settings.toml."""

from __future__ import annotations

import io
import json
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from cli.context import Context
from cli.main import build_parser
from cli.places import ROOT
from cli.verbs.content import _set_language, import_
from console import Console
from errors import ResumeError

GERMAN = "Ich entwickle Backends für die Logistik. Leitung eines Teams von fünf Personen und Einführung der Tests."
SETTINGS = '[site]\nfolder = "site"\nlanguage = "en"     # of the résumé\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    path = tmp_path / "settings.toml"
    path.write_text(SETTINGS)
    return path


@pytest.fixture
def german(tmp_path: Path) -> Path:
    path = tmp_path / "cv.json"
    path.write_text(json.dumps({"basics": {"name": "Ada", "summary": GERMAN, "url": "www.example.com"}}))
    return path


def run(file: Path, settings: Path, *, check: bool = False) -> str:
    out = io.StringIO()
    arguments = Namespace(file=file, settings=settings, check=check)
    import_(Context(arguments, Console(out), Console(out), build_parser()))
    return out.getvalue()


def test_it_imports_and_sets_the_language(german: Path, settings: Path) -> None:
    printed = run(german, settings)
    assert '"www.example.com" → "https://www.example.com"' in printed
    assert 'set site.language = "de"' in printed
    assert settings.read_text() == SETTINGS.replace('"en"', '"de"')
    assert (settings.parent / "site/resume.json").is_file()
    assert "set site.language" not in run(german, settings)


def test_check_prints_the_same_and_changes_nothing(german: Path, settings: Path) -> None:
    printed = run(german, settings, check=True)
    assert 'would set site.language = "de" (now "en")' in printed
    assert "can be imported; nothing was changed" in printed
    assert not list((settings.parent / "site").iterdir())
    assert settings.read_text() == SETTINGS
    told = [line for line in run(german, settings).splitlines() if line.startswith(("read", "mended", "  "))]
    assert told == [line for line in printed.splitlines() if line.startswith(("read", "mended", "  "))]


def test_check_refuses_what_an_import_would_refuse(settings: Path, tmp_path: Path) -> None:
    file = tmp_path / "cv.json"
    file.write_text("[]")
    with pytest.raises(ResumeError):
        run(file, settings, check=True)


def test_a_regional_variety_of_the_language_stays(german: Path, settings: Path) -> None:
    settings.write_text(SETTINGS.replace('"en"', '"de-AT"'))
    run(german, settings)
    assert '"de-AT"' in settings.read_text()


def test_settings_that_cannot_be_edited_are_a_note(german: Path) -> None:
    out = io.StringIO()
    arguments = Namespace(settings=german / "settings.toml")
    _set_language(Context(arguments, Console(out), Console(out), build_parser()), "de", "en")
    assert 'note: site.language is still "en"' in out.getvalue()
    assert 'set it to "de" by hand' in out.getvalue()


def test_a_comment_beside_the_language_stays(german: Path, settings: Path) -> None:
    run(german, settings)
    assert "# of the résumé" in settings.read_text()


def test_one_command_makes_a_page_of_a_file(
    german: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "site" / "theme", tmp_path / "site" / "theme")
    monkeypatch.setattr("cli.verbs.content.OUTPUT", tmp_path / "output")
    monkeypatch.setattr("cli.context.OUTPUT", tmp_path / "output")
    monkeypatch.setattr("site_gen.pdf.find_chromium", lambda: None)
    printed = run(german, settings)
    page = tmp_path / "output" / "resume" / "index.html"
    assert f"built {page}\n" in printed
    assert '<html lang="de"' in page.read_text(encoding="utf-8")
