"""docs/importing.md: the report that it shows is what the command prints for such a file."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from pathlib import Path

import pytest
from PIL import Image

from cli.context import Context
from cli.main import build_parser
from cli.verbs.content import import_
from console import Console

PAGE = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
GERMAN = "Ich entwickle Backends für die Logistik. Leitung eines Teams von fünf Personen und Einführung der Tests."


def test_the_report_is_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (3000, 2000)).save("me.jpg")
    github = {"network": "GitHub", "url": "https://github.com/ada"}
    resume = {
        "basics": {
            "nmae": "Ada",
            "image": "me.jpg",
            "summary": GERMAN,
            "pronouns": "sie",
            "profiles": [github, {"network": "X", "url": "javascript:alert(1)"}],
        },
        "work": [
            {"name": "One", "startDate": "2023-9-28", "endDate": "heute"},
            {"name": "Two", "startDate": "2021-05", "endDate": "2020-09"},
        ],
    }
    Path("cv.json").write_text(json.dumps(resume))
    Path("settings.toml").write_text('[site]\nlanguage = "en"\n')
    Path("site").mkdir()
    Path("site/resume.json").write_text("{}")
    out = io.StringIO()
    arguments = Namespace(file=Path("cv.json"), settings=Path("settings.toml"), check=False)
    import_(Context(arguments, Console(out), Console(out), build_parser()))
    shown = PAGE.read_text(encoding="utf-8").split("```")[1].partition("import cv.json\n")[2]
    assert shown == out.getvalue()
