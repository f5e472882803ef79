"""Europass XML of today → JSON Resume: the `Candidate` that the editor on europass.europa.eu exports since 2020.

Its elements are HR-XML's, in four namespaces, so they are found by local name. Long texts hold HTML. The exports before
2020 are read by `europass_passport`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.core import get_global

from site_gen.importing.formats.source import Source, tidy
from site_gen.importing.formats.xml_tree import all_of, first_of, lines_of, name, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

ROOT = "Candidate"

READ = {
    *("ID", "ExecutiveSummary", "EmploymentHistory", "EducationHistory", "PersonQualifications", "Certifications"),
    *("Projects", "VoluntaryWorks", "HobbiesAndInterests", "DigitalSkills", "Attachment", "RenderingInformation"),
    *("Skills", "PublicationHistory"),
}
"""Parts of the profile that are read, or hold nothing about the person."""


READ_OF_PERSON = {"ID", "PersonName", "Communication", "PrimaryLanguageCode"}
ONE_OF = {"email", "telephone", "web"}
CHANNELS = {*ONE_OF, "social media"}
"""Ways to reach the person. Of some JSON Resume has one."""


def convert_candidate(root: Element) -> Source:
    """Return a `Candidate` as JSON Resume; the parts of the profile without a place there are listed as unread."""
    person, profile = first_of(root, "CandidatePerson"), first_of(root, "CandidateProfile")
    resume = {
        "basics": _basics(person, profile),
        "work": [job for employer in all_of(profile, "EmploymentHistory/EmployerHistory") for job in _jobs(employer)],
        "education": [_school(one) for one in all_of(profile, "EducationHistory/EducationOrganizationAttendance")],
        "projects": [_project(one) for one in all_of(profile, "Projects/Project")],
        "volunteer": [_volunteer(one) for one in all_of(profile, "VoluntaryWorks/VoluntaryWork")],
        "skills": _skills(profile),
        "languages": _languages(person, profile),
        "certificates": [_certificate(one) for one in all_of(profile, "Certifications/Certification")],
        "publications": [_titled(one) for one in all_of(profile, "PublicationHistory/Publication")],
        "interests": [
            {"name": text_of(one, "Title")} for one in all_of(profile, "HobbiesAndInterests/HobbyOrInterest")
        ],
    }
    parts = [name(part) for part in profile if len(part)] if profile is not None else []
    unread = tuple(dict.fromkeys((*(part for part in parts if part not in READ), *_unread(person))))
    language = profile.get("languageCode", "") if profile is not None else ""
    return Source(tidy(resume), "Europass", language=language, unread=unread)


def _basics(person: Element | None, profile: Element | None) -> dict[str, Any]:
    given, family = text_of(person, "PersonName/GivenName"), text_of(person, "PersonName/FamilyName")
    ways = list(all_of(person, "Communication"))
    address = next((found for way in ways if (found := first_of(way, "Address")) is not None), None)
    return {
        "name": f"{given} {family}".strip() or text_of(person, "PersonName/FormattedName"),
        "image": _picture(profile),
        "email": next((text_of(way, "URI") for way in _by_channel(ways, "email")), ""),
        "phone": next((_phone(way) for way in _by_channel(ways, "telephone")), ""),
        "url": next((text_of(way, "URI") for way in _by_channel(ways, "web")), ""),
        "summary": "\n\n".join(_joined(lines_of(profile, "ExecutiveSummary"))),
        "location": {
            "address": text_of(address, "AddressLine"),
            "postalCode": text_of(address, "PostalCode"),
            "city": text_of(address, "CityName"),
            "countryCode": text_of(address, "CountryCode").upper(),
        },
        "profiles": [_profile(way) for channel in ("social media",) for way in _by_channel(ways, channel)],
    }


def _unread(person: Element | None) -> Iterator[str]:
    """Yield the parts of the person that have no place, such as the date of birth, and the second e-mail address."""
    parts = person if person is not None else ()
    yield from (name(part) for part in parts if name(part) not in READ_OF_PERSON and text_of(part))
    seen = set()
    for way in all_of(person, "Communication"):
        channel = text_of(way, "ChannelCode").lower()
        if channel in seen or (channel and channel not in CHANNELS):
            yield f"{channel}: {text_of(way, 'URI') or _phone(way)}"
        if channel in ONE_OF:
            seen.add(channel)


def _by_channel(ways: list[Element], channel: str) -> list[Element]:
    return [way for way in ways if text_of(way, "ChannelCode").lower() == channel]


def _phone(way: Element) -> str:
    country, number = text_of(way, "CountryDialing").lstrip("+"), text_of(way, "DialNumber")
    return f"+{country} {number}" if country else number


def _profile(way: Element) -> dict[str, str]:
    use = text_of(way, "UseCode")
    return {"network": text_of(way, "OtherTitle") if use.lower() in {"", "other"} else use, "url": text_of(way, "URI")}


def _picture(profile: Element | None) -> str:
    """Return the portrait as a data: URL, as the export has it."""
    for attachment in all_of(profile, "Attachment"):
        data = text_of(attachment, "EmbeddedData")
        if data.startswith("data:image/"):
            return data
    return ""


def _joined(texts: tuple[str, list[str]]) -> list[str]:
    text, items = texts
    return [part for part in (text, *items) if part]


def _period(element: Element | None, current: str) -> dict[str, str]:
    """Return start and end; a period marked as current has no end. current: the name of that mark."""
    end = text_of(element, "EndDate/FormattedDateTime")
    goes_on = text_of(element, current).lower() == "true"
    return {"startDate": text_of(element, "StartDate/FormattedDateTime"), "endDate": "" if goes_on else end}


def _jobs(employer: Element) -> list[dict[str, Any]]:
    """Return a job for each position at an employer."""
    company, whole = text_of(employer, "OrganizationName"), first_of(employer, "EmploymentPeriod")
    city = text_of(employer, "OrganizationContact/Communication/Address/CityName")
    jobs = []
    for post in all_of(employer, "PositionHistory"):
        period = first_of(post, "EmploymentPeriod")
        text, items = lines_of(post, "Description")
        dates = _period(whole if period is None else period, "CurrentIndicator")
        named = {"name": company, "position": text_of(post, "PositionTitle"), "location": text_of(post, "City") or city}
        jobs.append({**named, **dates, "summary": text, "highlights": items})
    return jobs or [{"name": company, "location": city, **_period(whole, "CurrentIndicator")}]


def _school(attendance: Element) -> dict[str, Any]:
    degree = first_of(attendance, "EducationDegree")
    text, items = lines_of(degree, "OccupationalSkillsCovered")
    return {
        "institution": text_of(attendance, "OrganizationName"),
        "studyType": text_of(attendance, "ProgramName") or text_of(degree, "DegreeName"),
        **_period(first_of(attendance, "AttendancePeriod"), "Ongoing"),
        "score": text_of(degree, "FinalGrade/ScoreText"),
        "courses": [*([text] if text else []), *items],
    }


def _titled(element: Element) -> dict[str, Any]:
    text = "\n\n".join(_joined(lines_of(element, "Description")))
    return {"name": text_of(element, "Title"), "summary": text, "url": text_of(element, "Link")}


def _project(element: Element) -> dict[str, Any]:
    text, items = lines_of(element, "Description")
    named = {"name": text_of(element, "Title"), "url": text_of(element, "Link")}
    return {**named, **_period(element, "Ongoing"), "description": text, "highlights": items}


def _volunteer(element: Element) -> dict[str, Any]:
    text, items = lines_of(element, "Description")
    named = {"organization": text_of(element, "Organisation"), "position": text_of(element, "Title")}
    return {**named, **_period(element, "Ongoing"), "summary": text, "highlights": items}


def _certificate(element: Element) -> dict[str, str]:
    named = text_of(element, "CertificationName") or text_of(element, "CertificationTypeCode")
    date = text_of(element, "FirstIssuedDate/FormattedDateTime")
    return {"name": named, "issuer": text_of(element, "IssuingAuthority"), "date": date}


def _skills(profile: Element | None) -> list[dict[str, Any]]:
    """Return the digital skills by group, and the other competencies in one."""
    groups: list[dict[str, Any]] = [
        {"name": text_of(group, "Title"), "keywords": [text_of(one) for one in all_of(group, "DigitalSkill")]}
        for group in all_of(profile, "DigitalSkills/DigitalSkillsGroup")
    ]
    others = [
        text_of(one, "CompetencyName") or text_of(one, "CompetencyID")
        for path in ("PersonQualifications/PersonCompetency", "Skills/PersonCompetency")
        for one in all_of(profile, path)
        if text_of(one, "TaxonomyID").lower() != "language"
    ]
    return [*groups, {"keywords": others}]


def _languages(person: Element | None, profile: Element | None) -> list[dict[str, str]]:
    native = [{"language": _language(one), "fluency": "Native"} for one in all_of(person, "PrimaryLanguageCode")]
    known = {one["language"] for one in native}
    others = [
        {"language": _language(first_of(one, "CompetencyID")), "fluency": _level(one)}
        for one in all_of(profile, "PersonQualifications/PersonCompetency")
        if text_of(one, "TaxonomyID").lower() == "language"
    ]
    return [*native, *(one for one in others if one["language"] not in known)]


def _language(code: Element | None) -> str:
    """Return the English name of a language's code (por, cze or pt), or the code itself."""
    written = text_of(code).rpartition("/")[2]
    tag = get_global("language_aliases").get(written.lower(), written.lower())
    return str(Locale("en").languages.get(tag, written))


def _level(competency: Element) -> str:
    """Return the level, the lowest of those for listening, reading, speaking and writing."""
    scores = [text_of(one, "Score/ScoreText") for one in all_of(competency, "CompetencyDimension")]
    return min((score for score in scores if score), default=text_of(competency, "ProficiencyLevel/ScoreText"))
