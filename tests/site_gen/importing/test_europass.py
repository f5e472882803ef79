"""Europass XML: the `Candidate` of today, and the `SkillsPassport` of before 2020."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from errors import ResumeError
from site_gen.importing.plan import plan_import
from tests.site_gen.importing.conftest import MakeFile, document_of
from tests.site_gen.importing.corpus import data_url, picture

SAMPLES = Path(__file__).with_name("samples")
CANDIDATE = (SAMPLES / "europass.xml").read_text(encoding="utf-8")
PASSPORT = (SAMPLES / "europass_passport.xml").read_text(encoding="utf-8")


def test_europass_of_today(site: Path, foreign: MakeFile) -> None:
    text = CANDIDATE.replace("PICTURE", data_url(picture()))
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    resume = document_of(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "image": "images/portrait.png",
        "email": "ada@example.com",
        "phone": "+351 211234567",
        "url": "https://example.com",
        "summary": "Calm & steady.",
        "location": {"address": "Rua 1", "postalCode": "1000", "city": "Lisboa", "countryCode": "PT"},
        "profiles": [{"network": "linkedin", "url": "https://www.linkedin.com/in/ada"}],
    }
    assert resume["work"] == [
        {
            "name": "Acme",
            "position": "Senior Engineer",
            "location": "Porto",
            "startDate": "2023-06-15",
            "summary": "Ran it.",
            "highlights": ["One", "Two"],
        },
        {"name": "Acme", "position": "Engineer", "location": "Porto", "startDate": "2020-01", "endDate": "2023-05"},
    ]
    assert resume["education"] == [
        {
            "institution": "Universidade",
            "studyType": "MSc",
            "startDate": "2014",
            "endDate": "2019-07",
            "score": "17/20",
            "courses": ["Systems"],
        }
    ]
    assert resume["languages"] == [
        {"language": "Portuguese", "fluency": "Native"},
        {"language": "English", "fluency": "C1"},
    ]
    assert resume["skills"] == [{"name": "Cloud", "keywords": ["AWS"]}]
    assert resume["projects"] == [{"name": "Tool", "url": "https://example.com", "description": "A tool."}]
    assert (plan.language, plan.unread) == ("pt", ("Licenses",))


@pytest.mark.parametrize(
    ("code", "language"), [("cze", "Czech"), ("ces", "Czech"), ("zho", "Chinese"), ("sr", "Serbian"), ("xyz", "xyz")]
)
def test_the_codes_of_languages(code: str, language: str, site: Path, foreign: MakeFile) -> None:
    text = CANDIDATE.replace(">por<", f">{code}<")
    assert document_of(plan_import(foreign(text.encode(), "cv.xml"), site))["languages"][0]["language"] == language


def test_parts_of_the_person_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    mail = "<Communication><ChannelCode>Email</ChannelCode><URI>old@example.com</URI></Communication>"
    chat = "<Communication><ChannelCode>Instant Messaging</ChannelCode><URI>ada</URI></Communication>"
    more = f"{mail}{chat}<NationalityCode>pt</NationalityCode><BirthDate>1990-01-01</BirthDate><GenderCode/>"
    text = CANDIDATE.replace("</CandidatePerson>", f"{more}</CandidatePerson>")
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    assert plan.unread == (
        *("Licenses", "NationalityCode", "BirthDate", "email: old@example.com", "instant messaging: ada"),
    )
    more = "<Demographics><Birthdate year='1990'/><Nationality>IT</Nationality></Demographics>"
    text = PASSPORT.replace("</Identification>", f"{more}</Identification>")
    text = text.replace("</Email>", "</Email><Email><Contact>old@example.com</Contact></Email>")
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    assert plan.unread == ("AchievementList", "Demographics", "Email: old@example.com")


def test_more_jobs_than_anyone_had_are_refused_fast(site: Path, foreign: MakeFile) -> None:
    job = "<EmployerHistory><OrganizationName>A</OrganizationName></EmployerHistory>"
    jobs = f"<EmploymentHistory>{job * 60_000}</EmploymentHistory>"
    text = f"<Candidate><CandidateProfile>{jobs}</CandidateProfile></Candidate>"
    started = time.monotonic()
    with pytest.raises(ResumeError, match="more values"):
        plan_import(foreign(text.encode(), "cv.xml"), site)
    assert time.monotonic() - started < 10


def test_europass_of_before_2020(site: Path, foreign: MakeFile) -> None:
    text = PASSPORT.replace("PICTURE", data_url(picture()).partition(",")[2])
    plan = plan_import(foreign(text.encode(), "cv.xml"), site)
    resume = document_of(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Architetta",
        "image": "images/portrait.png",
        "email": "ada@example.com",
        "phone": "+39 06 1234",
        "url": "https://www.example.com",
        "location": {"address": "Via 1", "city": "Roma", "countryCode": "IT"},
    }
    assert resume["work"] == [
        {"name": "Acme", "position": "Lead", "startDate": "2016-03", "summary": "Ran it."},
    ]
    assert resume["education"] == [
        {"institution": "Sapienza", "studyType": "Laurea", "startDate": "2008", "endDate": "2013-06-30"}
    ]
    assert resume["skills"] == [{"name": "Computer", "keywords": ["Python", "SQL"]}]
    assert resume["languages"] == [
        {"language": "italiano", "fluency": "Native"},
        {"language": "inglese", "fluency": "B2"},
    ]
    assert (plan.language, plan.unread) == ("it", ("AchievementList",))
