"""RenderCV's YAML, and YAML in general."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from errors import ResumeError
from site_gen.importing.mending.change import Kind
from site_gen.importing.plan import plan_import
from site_gen.importing.report import report_lines
from site_gen.resume.reading import read_resume
from tests.site_gen.importing.conftest import MakeFile, document_of
from tests.site_gen.importing.corpus import picture
from tests.site_gen.importing.importing import import_resume

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
    assert plan.unread == ("patents", "email: old@example.com")
    assert plan.language == "de"
    import_resume(plan.file, site)
    assert read_resume(site / "resume.json")


def test_the_parts_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    lines = report_lines(plan_import(foreign(SAMPLE.read_bytes(), "cv.yml"), site))
    assert lines[0].endswith("cv.yml as RenderCV")
    assert "  patents                 has no place in JSON Resume" in lines


def test_json_resume_as_yaml(site: Path, foreign: MakeFile) -> None:
    text = "basics:\n  name: Ada\n  phone: 0043123\n  label: ~\nwork:\n- name: Acme\n  startDate: 2020-03-01\n"
    resume = document_of(plan_import(foreign(text.encode(), "cv.yaml"), site))
    assert resume["basics"]["phone"] == "0043123"
    assert resume["work"] == [{"name": "Acme", "startDate": "2020-03-01"}]


def sections(text: str) -> bytes:
    return f"cv:\n  name: Ada\n  sections:\n{text}".encode()


@pytest.mark.parametrize(
    ("text", "section", "expected"),
    [
        ("    Work: [{company: A, highlights: One line}]", "work", {"name": "A", "highlights": ["One line"]}),
        ("    Work: [{company: A, highlights: {Built: it}}]", "work", {"name": "A", "highlights": ["Built", "it"]}),
        ("    Work: [{company: [A, B], summary: {a: b}}]", "work", {"name": "A, B", "summary": "a: b"}),
        ("    Skills: [{label: Code, details: [a, b]}]", "skills", {"name": "Code", "keywords": ["a", "b"]}),
        ("    Skills: [[a, b]]", "skills", {"name": "a, b"}),
        ("    Awards: [{name: P, summary: [One, Two]}]", "awards", {"title": "P", "summary": "One, Two"}),
        ("    Papers: [{title: T, authors: A. B}]", "publications", {"name": "T", "summary": "A. B"}),
    ],
)
def test_values_of_another_type_become_texts(
    text: str, section: str, expected: dict[str, Any], site: Path, foreign: MakeFile
) -> None:
    assert document_of(plan_import(foreign(sections(text), "cv.yaml"), site))[section] == [expected]


@pytest.mark.parametrize("value", [5, None, True, 1.5, {"a": {"b": [1]}}, [[1], {"a": None}], [None]])
@pytest.mark.parametrize(
    "key", ["highlights", "summary", "details", "authors", "doi", "date", "start_date", "company", "label", "name"]
)
def test_no_value_is_too_odd(key: str, value: Any, site: Path, foreign: MakeFile) -> None:
    kinds = ({"company": "A"}, {"institution": "B"}, {"label": "C"}, {"title": "D", "authors": []}, {"name": "E"})
    titles = ("Awards", "Certificates", "Languages", "References", "Volunteering", "Publications", "Other", "Summary")
    entries = [{**kind, key: value} for kind in kinds] + [value, {"bullet": value}]
    cv = {"name": "Ada", "phone": value, "email": value, "sections": dict.fromkeys(titles, entries)}
    plan = plan_import(foreign({"cv": cv, "locale": {"language": value}}), site)
    assert "['" not in plan.content.decode()
    assert "{'" not in plan.content.decode()


def test_a_doubtful_period_is_asked_about(site: Path, foreign: MakeFile) -> None:
    text = "    Work: [{company: A, date: Summer 2019 until Winter 2020}, {company: B, date: 2019 – 2020}]"
    plan = plan_import(foreign(sections(text), "cv.yaml"), site)
    assert [job["endDate"] for job in document_of(plan)["work"]] == ["2020", "2020"]
    assert [(change.path, change.kind) for change in plan.changes] == [(("work", 0, "startDate"), Kind.DOUBTFUL)]


def test_keys_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    text = (
        "    Education: [{institution: A, location: Graz, grade: '1', url: ''}]\n"
        "    Awards: [{name: B, location: Graz}]\n"
        "    Work: [{company: C, employment_type: part-time}, {company: D, employment_type: full-time}]\n"
        "  custom_connections: [{placeholder: x}]\n  phone: ['1', '2']\n"
    )
    plan = plan_import(foreign(sections(text), "cv.yaml"), site)
    assert plan.unread == (
        *("Education: location", "Education: grade", "Awards: location", "Work: employment_type"),
        *("phone: 2", "custom_connections"),
    )


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
