"""The report: a line a change, the same change in many entries once, nothing for a file that is fine."""

from __future__ import annotations

from pathlib import Path

from site_gen.importing.plan import plan_import
from site_gen.importing.report import report_lines
from tests.site_gen.importing.conftest import MakeFile


def test_the_whole_report(site: Path, foreign: MakeFile) -> None:
    file = foreign(
        {
            "basics": {"nmae": "Ada", "url": "javascript:alert(1)", "pronouns": "she"},
            "work": [
                {"company": "One", "startDate": "2023-9-28", "endDate": "2020-09-31", "stack": "Go"},
                {"company": "Two", "startDate": 2019, "stack": "C"},
            ],
        }
    )
    assert report_lines(plan_import(file, site)) == [
        f"read {file} as JSON Resume",
        "left out (1):",
        '  basics.url  "javascript:alert(1)" is not a usable link',
        "please check (1):",
        '  work[0]  "2023-09-28 – 2020-09" → "2020-09 – 2023-09-28": the end was before the start',
        "mended (6):",
        "  basics.nmae        → name",
        "  work[].company     → name (2 times)",
        '  work[0].startDate  "2023-9-28" → "2023-09-28"',
        '  work[0].endDate    "2020-09-31" → "2020-09": there is no such day',
        '  work[1].startDate  2019 → "2019"',
        "not shown on the page, but kept in the file (3):",
        "  basics.pronouns",
        "  work[].stack (2 times)",
    ]


def test_a_file_that_is_fine_has_nothing_to_tell(site: Path, foreign: MakeFile) -> None:
    assert report_lines(plan_import(foreign({"basics": {"name": "Ada"}}), site)) == []


def test_a_large_value_is_named_by_its_type(site: Path, foreign: MakeFile) -> None:
    skills = {"Code": ["Python", "Go", "Java", "SQL"], "Cloud": ["AWS", "GCP", "Azure"]}
    lines = report_lines(plan_import(foreign({"basics": {"name": "Ada"}, "skills": skills}), site))
    assert lines[-1] == "  skills  an object → a list of 2"


def test_no_character_steers_the_terminal(site: Path, foreign: MakeFile) -> None:
    steering = "\x9b2J \u202egnp \x7f"
    document = {"basics": {"name": "Ada", "url": f"javascript:{steering}", steering: 1}}
    told = "".join(report_lines(plan_import(foreign(document), site)))
    assert not {"\x9b", "\u202e", "\x7f"} & set(told)
    assert "\\u202e" in told


def test_a_key_of_another_tool_with_a_slip_is_suggested(site: Path, foreign: MakeFile) -> None:
    document = {"basics": {"name": "Ada"}, "experiance": [{"name": "A"}]}
    assert report_lines(plan_import(foreign(document), site))[-1] == "  experiance  did you mean work?"


def test_a_long_value_is_shortened(site: Path, foreign: MakeFile) -> None:
    lines = report_lines(plan_import(foreign({"basics": {"name": "Ada", "url": "www.example.com/" + "x" * 900}}), site))
    assert max(map(len, lines[1:])) < 120
