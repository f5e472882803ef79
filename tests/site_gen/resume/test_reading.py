"""resume.json: errors name the place, the value and the allowed values; no other exception is raised."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import ResumeError
from site_gen.resume.lines import items, place_of
from site_gen.resume.reading import check_resume, read_resume
from site_gen.resume.rules import walk

FILE = Path("site/resume.json")


def with_basics(**sections: Any) -> str:
    return json.dumps({"basics": {"name": "Ada"}, **sections})


def refuse(text: str) -> ResumeError:
    with pytest.raises(ResumeError) as caught:
        check_resume(FILE, text)
    return caught.value


def test_the_projects_own_resume_is_valid(site: Path) -> None:
    assert read_resume(site / "resume.json")["basics"]["name"]


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "resume.json").write_bytes(b"\xef\xbb\xbf" + with_basics().encode())
    assert read_resume(tmp_path / "resume.json") == {"basics": {"name": "Ada"}}


def test_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "resume.json").write_bytes(b'{"basics": {"name": "R\xe9mi"}}')
    with pytest.raises(ResumeError, match=r"resume\.json:1:23: is not UTF-8: byte 0xE9, which is 'é' in Latin-1"):
        read_resume(tmp_path / "resume.json")


def test_broken_json_is_shown_with_line_and_column() -> None:
    error = refuse('{\n  "basics": {\n    "name" "Ada"\n  }\n}\n')
    assert error.where == "site/resume.json:3:12"
    assert error.what == "is not JSON: Expecting ':' delimiter"
    assert error.excerpt == '  3 |     "name" "Ada"\n    |            ^'
    assert "comma" in error.next_step


@pytest.mark.parametrize("text", ["", "\n", "{\n", '{"a": 1,\n', "{'a': 1}", "[1 2]", "\u2028"])
def test_every_kind_of_broken_json_has_a_place(text: str) -> None:
    assert refuse(text).where.startswith("site/resume.json:")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"work": [], "work": []}', 'the key "work" occurs twice in one object'),
        ('{"basics": {"age": NaN}}', "NaN is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        (json.dumps(list(range(3))), "a list is not an object"),
        ("7", "7 is not an object"),
    ],
)
def test_json_that_is_no_resume(text: str, what: str) -> None:
    assert what in refuse(text).what


@pytest.mark.parametrize(
    ("sections", "path", "what", "allowed"),
    [
        ({"work": [{}, {}, {"startDate": "03/2021"}]}, "work[2].startDate", '"03/2021" is not valid', "2021-03-14"),
        ({"work": [{"startDate": "2021-19"}]}, "work[0].startDate", '"2021-19" is not a date', "2021-03"),
        ({"work": [{"highlights": "many"}]}, "work[0].highlights", '"many" is not a list', "a list"),
        ({"skills": {"name": "Python"}}, "skills", "an object is not a list", "a list"),
        ({"skills": [{"keywords": ["a", 3]}]}, "skills[0].keywords[1]", "3 is not a text", "a text"),
        ({"projects": [{"url": "example.com"}]}, "projects[0].url", '"example.com"', "https://example.com/page"),
        ({"work": [{"url": "javascript:alert(1)"}]}, "work[0].url", "not a usable link", "https://"),
        ({"custom": [{"url": "javascript:alert(1)"}]}, "custom[0].url", "not a usable link", "https://"),
        (
            {"education": [{"startDate": "2020-05", "endDate": "2019"}]},
            "education[0].endDate",
            '"2019" is before the start date, 2020-05',
            "not before 2020-05",
        ),
        (
            {"awards": [{"title": "a\u0000b"}]},
            "awards[0].title",
            "control character U+0000",
            "without control characters",
        ),
        (
            {"awards": [{"title": "\ud800"}]},
            "awards[0].title",
            "control character U+D800",
            "without control characters",
        ),
    ],
)
def test_a_violation_names_path_value_and_what_is_allowed(
    sections: dict[str, Any], path: str, what: str, allowed: str
) -> None:
    error = refuse(with_basics(**sections))
    assert re.fullmatch(rf"site/resume\.json:1:\d+: {re.escape(path)}", error.where)
    assert what in error.what
    assert allowed in error.next_step


@pytest.mark.parametrize(
    ("text", "place", "underlined"),
    [
        ('{\n "work": [],\n "work": []}', "3:2", '"work"'),
        ('{"basics": {\n  "age": NaN}}', "2:10", "NaN"),
        ('{"basics": {"name": "Ada",\n  "email": "ada"}}', "2:12", '"ada"'),
        ('{"basics": {"name": "Ada"},\n\t"skills": "Räder 😀"}', "2:12", '"Räder 😀"'),
        ('{"basics": {"name" "Ada"}}', "1:20", '"Ada"'),
        ('{"basics": {"name": "Ada"', "1:26", ""),
    ],
)
def test_the_place_is_underlined(text: str, place: str, underlined: str) -> None:
    error = refuse(text)
    assert f"resume.json:{place}" in error.where
    line, marks = error.excerpt.splitlines()
    assert underlined in line
    begin = line.index(underlined) if underlined else len(line)
    assert marks.index("^") == begin
    whole = len(underlined.replace("😀", "xx"))
    assert marks.count("^") == (1 if "is not JSON:" in error.what else whole)
    assert str(error).index(error.excerpt) < str(error).index("next: ")


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_every_key_and_value_is_found_at_its_place(document: Any) -> None:
    text = json.dumps(document, indent=1)
    known = {item.path: item for item in items(text) if not item.is_key}
    assert known.keys() == {path for path, _ in walk(document)}
    for path, value in walk(document):
        found = text[known[path].start :]
        assert json.JSONDecoder().raw_decode(found)[0] == value


@pytest.mark.parametrize("document", [{}, {"basics": {}}, {"basics": {"name": " "}}])
def test_a_name_is_needed(document: dict[str, Any]) -> None:
    assert refuse(json.dumps(document)).where.endswith(": basics.name")


def test_an_email_without_at_is_refused() -> None:
    error = refuse(json.dumps({"basics": {"name": "Ada", "email": "ada.example.com"}}))
    assert error.where == "site/resume.json:1:37: basics.email"
    assert error.excerpt.endswith(" " * 36 + "^" * len('"ada.example.com"'))
    assert "name@example.com" in error.next_step


def test_all_violations_are_reported_at_once_the_shallowest_first() -> None:
    error = refuse(with_basics(work=[{"startDate": "x", "url": "y"}], skills="many", volunteer=[3]))
    first, *others = error.what.splitlines()
    lines = [first, *(line for line in others if line.startswith("  line "))]
    assert lines[0] == "4 values are not allowed:"
    paths = [line.split(", ")[1].split(":")[0] for line in lines[1:]]
    assert paths == ["skills", "volunteer[0]", "work[0].url", "work[0].startDate"]
    assert lines[1].strip() == 'line 1, skills: "many" is not a list; allowed: a list'


def test_a_violation_names_the_line_it_is_on() -> None:
    text = json.dumps({"basics": {"name": "Ada"}, "work": [{"name": "One"}, {"url": "x", "startDate": "5"}]}, indent=1)
    error = refuse(text)
    lines = text.splitlines()
    for told in error.what.splitlines()[1::3]:
        number = int(re.findall(r"line (\d+), work\[1\]\.(?:url|startDate)", told)[0])
        assert '"url"' in lines[number - 1] or '"startDate"' in lines[number - 1]


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_every_value_is_found_on_its_line(document: Any) -> None:
    text = json.dumps(document, indent=1)
    for path, value in walk(document):
        if not isinstance(value, dict | list):
            assert json.dumps(value) in text.splitlines()[place_of(text, path).line - 1]


def test_what_people_leave_empty_is_left_out() -> None:
    text = with_basics(
        work=[{"name": "One", "endDate": "", "url": None, "highlights": ["", "Did it"]}, {}],
        awards=[],
        projects=[{"name": "Two", "startDate": "2020", "endDate": "Present"}],
    )
    assert check_resume(FILE, text) == {
        "basics": {"name": "Ada"},
        "work": [{"name": "One", "highlights": ["Did it"]}],
        "projects": [{"name": "Two", "startDate": "2020"}],
    }


def test_the_names_of_the_first_schema_are_understood() -> None:
    old = {"basics": {"name": "Ada", "website": "https://a.example"}, "work": [{"company": "One", "position": "Boss"}]}
    assert check_resume(FILE, json.dumps(old)) == {
        "basics": {"name": "Ada", "url": "https://a.example"},
        "work": [{"name": "One", "position": "Boss"}],
    }


def test_a_long_value_is_shortened() -> None:
    assert len(refuse(with_basics(skills="x" * 10_000)).what) < 100


def test_unknown_sections_and_keys_are_nobodys_business() -> None:
    document = {"basics": {"name": "Ada", "pronouns": "she"}, "patents": [{"number": 7}]}
    assert check_resume(FILE, json.dumps(document)) == document


def complaint(text: str) -> str:
    """Return the error text, or an empty one. Any other exception fails the test."""
    try:
        check_resume(FILE, text)
    except ResumeError as error:
        return str(error)
    return ""


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "work", "name", "date"]), inner)
    ),
    max_leaves=12,
)
sections = st.sampled_from(["basics", "work", "education", "skills", "languages", "projects", "meta", "other"])


@given(anything | st.dictionaries(sections, anything | st.lists(anything, max_size=3)))
def test_no_json_whatever_raises_anything_but_a_resume_error(document: Any) -> None:
    complaint(json.dumps(document)).encode()  # it can be printed


@given(st.text())
def test_no_text_whatever_raises_anything_but_a_resume_error(text: str) -> None:
    complaint(text).encode()


def test_a_constant_in_a_file_that_is_broken_there() -> None:
    assert refuse('{"basics": {"name": "NaN", "label": NaN\u00b5').what == "NaN is not JSON"


def test_the_build_names_the_command_that_mends(tmp_path: Path) -> None:
    (tmp_path / "resume.json").write_text('{"basics": {"name": "Ada", "url": "www.example.com"}}')
    with pytest.raises(ResumeError) as caught:
        read_resume(tmp_path / "resume.json")
    assert f"python3 build.py resume import {tmp_path / 'resume.json'}" in caught.value.next_step
