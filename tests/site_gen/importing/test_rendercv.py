"""RenderCV's YAML, and YAML in general."""

from __future__ import annotations

from pathlib import Path

import pytest

from errors import ResumeError
from site_gen.importing.plan import import_resume, plan_import
from site_gen.importing.report import report_lines
from site_gen.resume.reading import read_resume
from tests.site_gen.importing.conftest import MakeFile, document_of
from tests.site_gen.importing.corpus import picture

SAMPLE = Path(__file__).with_name("samples") / "rendercv.yaml"


def test_rendercv(site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(SAMPLE.read_bytes(), "cv.yaml", beside={"me.png": picture()}), site)
    resume = document_of(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Engineer",
        "image": "images/me.png",
        "email": "ada@example.com",
        "phone": "+43-1-234567",
        "url": "https://example.com",
        "location": {"city": "Vienna, Austria"},
        "profiles": [
            {"network": "GitHub", "username": "ada", "url": "https://github.com/ada"},
            {"network": "Mastodon", "username": "@ada@social.example", "url": "https://social.example/@ada"},
        ],
        "summary": "I build **calm** systems.\n\nAnd I write about them.",
    }
    first, second = resume["work"]
    assert first == {
        "name": "Acme",
        "position": "Lead",
        "location": "Graz",
        "startDate": "2020-07",
        "highlights": ["Did one thing.", "Parent", "child one", "child two"],
    }
    assert (second["startDate"], second["endDate"]) == ("2018", "2020")
    assert resume["education"] == [
        {"institution": "TU Wien", "area": "Informatics", "studyType": "MSc", "startDate": "2012", "endDate": "2017-06"}
    ]
    assert resume["projects"][0] == {"name": "Tool", "endDate": "2021-10", "description": "A tool."}
    assert resume["publications"] == [
        {
            "name": "On Calm",
            "publisher": "Journal of Calm",
            "releaseDate": "2021-12-08",
            "url": "https://doi.org/10.1000/xyz",
            "summary": "A. Example, B. Other",
        }
    ]
    assert resume["skills"] == [{"name": "Languages", "keywords": ["Python", "Go"]}]
    assert resume["languages"] == [{"language": "Deutsch", "fluency": "Muttersprache"}]
    assert resume["awards"] == [{"title": "A prize"}]
    assert resume["certificates"] == [{"name": "CKA", "date": "2022-05"}]
    assert plan.unread == ("patents",)
    assert plan.language == "de"
    import_resume(plan.file, site)
    assert read_resume(site / "resume.json")


def test_the_parts_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    lines = report_lines(plan_import(foreign(SAMPLE.read_bytes(), "cv.yml"), site))
    assert lines[0].endswith("cv.yml as RenderCV")
    assert "  patents  has no place in JSON Resume" in lines


def test_json_resume_as_yaml(site: Path, foreign: MakeFile) -> None:
    text = "basics:\n  name: Ada\n  phone: 0043123\n  label: ~\nwork:\n- name: Acme\n  startDate: 2020-03-01\n"
    resume = document_of(plan_import(foreign(text.encode(), "cv.yaml"), site))
    assert resume["basics"]["phone"] == "0043123"
    assert resume["work"] == [{"name": "Acme", "startDate": "2020-03-01"}]


def bomb() -> str:
    """Return YAML of ten lines that means a billion values."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("basics:\n  name: [Ada", "is not YAML"),
        ("a: *b", "is not YAML"),
        ("basics: !!python/object/apply:os.system [exit 1]", "is missing"),
        (bomb(), "more values than"),
        ("a: &a [*a]", "is not YAML"),
        ("- just\n- texts", "none of the sections"),
    ],
)
def test_yaml_that_is_no_resume(text: str, problem: str, site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match=problem):
        plan_import(foreign(text.encode(), "cv.yaml"), site)
