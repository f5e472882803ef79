"""Europass XML from before 2020 → JSON Resume: the `SkillsPassport` of europass.cedefop.europa.eu, versions 3.x."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.importing.formats.source import Source, tidy
from site_gen.importing.formats.xml_tree import all_of, first_of, lines_of, name, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

ROOT = "SkillsPassport"
READ = {"Identification", "Headline", "WorkExperienceList", "EducationList", "Skills"}
READ_OF_PERSON = {"PersonName", "ContactInfo", "Photo"}
SKILLS = ("Communication", "Organisational", "JobRelated", "Computer", "Other")


def convert_passport(root: Element) -> Source:
    """Return a `SkillsPassport` as JSON Resume; the parts without a place there are listed as unread."""
    learner = first_of(root, "LearnerInfo")
    resume = {
        "basics": _basics(learner),
        "work": [_job(one) for one in all_of(learner, "WorkExperienceList/WorkExperience")],
        "education": [_school(one) for one in all_of(learner, "EducationList/Education")],
        "skills": [_skill(first_of(learner, f"Skills/{kind}"), kind) for kind in SKILLS],
        "languages": _languages(first_of(learner, "Skills/Linguistic")),
    }
    return Source(
        tidy(resume), "Europass (before 2020)", language=root.get("locale", ""), unread=tuple(_unread(learner))
    )


def _unread(learner: Element | None) -> Iterator[str]:
    """Yield the parts that have no place, and the second of what there is one of."""
    who = first_of(learner, "Identification")
    yield from (name(part) for part in (learner if learner is not None else ()) if len(part) and name(part) not in READ)
    yield from (name(part) for part in (who if who is not None else ()) if name(part) not in READ_OF_PERSON)
    for path in ("Email", "TelephoneList/Telephone", "WebsiteList/Website"):
        more = list(all_of(who, f"ContactInfo/{path}/Contact"))[1:]
        yield from (f"{path.rpartition('/')[2]}: {text_of(one)}" for one in more)


def _basics(learner: Element | None) -> dict[str, Any]:
    who = first_of(learner, "Identification")
    contact = first_of(who, "ContactInfo")
    address = first_of(contact, "Address/Contact")
    photo = first_of(who, "Photo")
    mime, data = text_of(photo, "MimeType"), text_of(photo, "Data").replace(" ", "")
    phone = text_of(contact, "TelephoneList/Telephone/Contact") or text_of(contact, "Telephone/Contact")
    return {
        "name": f"{text_of(who, 'PersonName/FirstName')} {text_of(who, 'PersonName/Surname')}".strip(),
        "label": text_of(learner, "Headline/Description/Label"),
        "image": f"data:{mime};base64,{data}" if mime and data else "",
        "email": text_of(contact, "Email/Contact"),
        "phone": phone,
        "url": text_of(contact, "WebsiteList/Website/Contact"),
        "location": {
            "address": text_of(address, "AddressLine"),
            "postalCode": text_of(address, "PostalCode"),
            "city": text_of(address, "Municipality"),
            "countryCode": text_of(address, "Country/Code"),
        },
    }


def _period(entry: Element) -> dict[str, str]:
    period = first_of(entry, "Period")
    goes_on = text_of(period, "Current").lower() == "true"
    end = "" if goes_on else _date(first_of(period, "To"))
    return {"startDate": _date(first_of(period, "From")), "endDate": end}


def _date(element: Element | None) -> str:
    """Return the date in attributes such as year="2016" month="--03" day="---05"."""
    if element is None:
        return ""
    parts = [element.get(part, "").lstrip("-") for part in ("year", "month", "day")]
    known = parts[: parts.index("")] if "" in parts else parts
    return "-".join(part.zfill(2) for part in known)


def _job(entry: Element) -> dict[str, Any]:
    text, items = lines_of(entry, "Activities")
    place = text_of(entry, "Employer/ContactInfo/Address/Contact/Municipality")
    named = {"name": text_of(entry, "Employer/Name"), "position": text_of(entry, "Position/Label"), "location": place}
    return {**named, **_period(entry), "summary": text, "highlights": items}


def _school(entry: Element) -> dict[str, Any]:
    text, items = lines_of(entry, "Activities")
    named = {"institution": text_of(entry, "Organisation/Name"), "studyType": text_of(entry, "Title")}
    return {**named, **_period(entry), "courses": [*([text] if text else []), *items]}


def _skill(element: Element | None, kind: str) -> dict[str, Any]:
    text, items = lines_of(element, "Description")
    keywords = [*text.split("\n\n"), *items] if text else items
    return {"name": kind.replace("JobRelated", "Job-related"), "keywords": keywords} if keywords else {}


def _languages(linguistic: Element | None) -> list[dict[str, str]]:
    native = [
        {"language": text_of(one, "Description/Label"), "fluency": "Native"}
        for one in all_of(linguistic, "MotherTongueList/MotherTongue")
    ]
    others = [
        {"language": text_of(one, "Description/Label"), "fluency": _level(first_of(one, "ProficiencyLevel"))}
        for one in all_of(linguistic, "ForeignLanguageList/ForeignLanguage")
    ]
    return [*native, *others]


def _level(levels: Element | None) -> str:
    """Return the lowest of the levels for listening, reading, speaking and writing."""
    return min((level for one in (levels if levels is not None else ()) if (level := text_of(one))), default="")
