"""RenderCV's YAML → JSON Resume. Format: the models in rendercv/schema/models/cv of github.com/rendercv/rendercv.

A section has any title; what it is follows from its entries: `company` makes an experience, `institution` an education,
`label` with `details` a skill. Sections of one kind are told apart by their titles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.importing.formats.plain import plain_text, text_lines
from site_gen.importing.formats.source import Entry, Source, tidy
from site_gen.importing.mending.dates import read_date
from site_gen.importing.mending.month_names import folded, means_until_today
from site_gen.importing.mending.periods import split_period

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES = {
    "LinkedIn": "https://linkedin.com/in/",
    "GitHub": "https://github.com/",
    "GitLab": "https://gitlab.com/",
    "IMDB": "https://imdb.com/name/",
    "Instagram": "https://instagram.com/",
    "ORCID": "https://orcid.org/",
    "StackOverflow": "https://stackoverflow.com/users/",
    "ResearchGate": "https://researchgate.net/profile/",
    "YouTube": "https://youtube.com/@",
    "Google Scholar": "https://scholar.google.com/citations?user=",
    "Telegram": "https://t.me/",
    "Leetcode": "https://leetcode.com/u/",
    "X": "https://x.com/",
    "Bluesky": "https://bsky.app/profile/",
    "Reddit": "https://reddit.com/user/",
}
"""Network → what its addresses begin with. Source: rendercv/schema/models/cv/social_network.py."""

TITLES = (
    ("volunteer", ("volunteer", "benevol", "ehrenamt", "voluntari")),
    ("certificates", ("certif", "zertifi", "license", "licence")),
    ("awards", ("award", "honor", "honour", "prize", "auszeichnung", "distinction", "premios")),
    ("publications", ("publication", "paper", "veroffentlich", "publikation")),
    ("languages", ("language", "sprachen", "langue", "idioma", "lingue")),
    ("interests", ("interest", "hobb", "interessen")),
    ("references", ("reference", "referenz")),
    ("projects", ("project", "projekt", "projet", "proyecto")),
    ("education", ("education", "ausbildung", "formation", "educacion", "studium")),
    ("skills", ("skill", "technolog", "kenntnisse", "competenc", "habilidades")),
    ("work", ("experience", "employment", "work", "erfahrung", "experienc")),
    ("summary", ("summary", "about", "profile", "profil", "objective", "zusammenfassung", "uber mich")),
)
"""Section → what its title contains, in a few languages; the first match counts."""


OF_TEXTS = {"skills", "languages", "interests", "awards", "certificates", "references"}
"""Sections whose entries can be mere texts."""

KINDS: dict[str, tuple[str, set[str]]] = {
    "institution": ("education", set()),
    "company": ("work", {"volunteer"}),
    "authors": ("publications", set()),
    "label": ("skills", {"languages", "interests", "awards", "certificates"}),
    "name": ("projects", {"work", "education", "volunteer", "publications", "references", *OF_TEXTS}),
}
"""Key of an entry → the section it makes, and those that the title can make of it instead."""


OF_LINES = {"highlights", "authors"}
"""Keys of an entry that are lists; any other is a text."""


def is_rendercv(document: Any) -> bool:
    """Return True for a document with RenderCV's outer key."""
    return isinstance(document, dict) and isinstance(document.get("cv"), dict)


def convert_rendercv(document: dict[str, Any]) -> Source:
    """Return the CV as JSON Resume; sections that fit nowhere are listed as unread."""
    cv = Entry(document["cv"])
    resume: dict[str, Any] = {"basics": _basics(cv)}
    unread: list[str] = []
    sections = cv.get("sections")
    for title, entries in sections.items() if isinstance(sections, dict) else ():
        unread += _add_section(resume, str(title), entries if isinstance(entries, list) else [entries])
    locale = document.get("locale")
    language = plain_text(locale.get("language")) if isinstance(locale, dict) else ""
    unread += [f"{key}: {rest}" for key in ("email", "phone", "website") if (rest := _rest(cv.get(key)))]
    unread += cv.unread()
    return Source(tidy(resume), "RenderCV", language=language, unread=tuple(dict.fromkeys(unread)))


def _basics(cv: dict[str, Any]) -> dict[str, Any]:
    networks = cv.get("social_networks")
    return {
        "name": plain_text(cv.get("name")),
        "label": plain_text(cv.get("headline") or cv.get("label")),
        "image": plain_text(cv.get("photo")),
        "email": plain_text(_first(cv.get("email"))),
        "phone": plain_text(_first(cv.get("phone"))).removeprefix("tel:"),
        "url": plain_text(_first(cv.get("website"))),
        "location": {"city": plain_text(cv.get("location"))},
        "profiles": [_profile(one) for one in networks if isinstance(one, dict)] if isinstance(networks, list) else [],
    }


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _rest(value: Any) -> str:
    return plain_text(value[1:]) if isinstance(value, list) else ""


def _profile(network: dict[str, Any]) -> dict[str, str]:
    name, user = plain_text(network.get("network")), plain_text(network.get("username"))
    if name == "Mastodon" and user.count("@") == 2:  # noqa: PLR2004 - @user@host
        _, account, host = user.split("@")
        return {"network": name, "username": user, "url": f"https://{host}/@{account}"}
    return {"network": name, "username": user, "url": PROFILES[name] + user if name in PROFILES else ""}


def _add_section(resume: dict[str, Any], title: str, entries: list[Any]) -> list[str]:
    """Add the entries to the section that they belong to. Return the parts that have no place: keys, or the title."""
    named = next((kind for kind, words in TITLES if any(word in folded(title) for word in words)), "")
    if named == "summary" or (not named and not any(isinstance(entry, dict) for entry in entries)):
        text = "\n\n".join(text for entry in entries if (text := _text(entry)))
        resume["basics"].setdefault("summary", text)
        return [] if resume["basics"]["summary"] == text else [title]
    unread: list[str] = []
    for entry in entries:
        kind = _kind(entry, named)
        if not kind:
            unread.append(title)
            continue
        plain = _plain(entry)
        resume.setdefault(kind, []).append(ENTRIES[kind](plain))
        unread += [f"{title}: {key}" for key in plain.unread()]
    return unread


def _plain(entry: Any) -> Entry:
    """Return an entry whose values are texts, or lists of texts; one that is only a text has it as its name."""
    if not isinstance(entry, dict):
        return Entry({"name": plain_text(entry)})
    return Entry({key: text_lines(value) if key in OF_LINES else plain_text(value) for key, value in entry.items()})


def _kind(entry: Any, named: str) -> str:
    """Return the section of an entry, by its keys first; "" for none."""
    if not isinstance(entry, dict) or not entry.keys() & KINDS.keys():
        return named if _text(entry) and named in OF_TEXTS else ""
    key = next(key for key in KINDS if key in entry)
    usual, others = KINDS[key]
    return named if named in others else usual


def _text(entry: Any) -> str:
    """Return the text of an entry that is only a text."""
    if isinstance(entry, dict):
        entry = next((text for key in ("bullet", "number", "reversed_number") if (text := entry.get(key))), "")
    return plain_text(entry)


def _dated(entry: dict[str, Any]) -> dict[str, str]:
    """Return start and end. RenderCV allows a single date, any text, in place of both."""
    start, end, date = (entry.get(key, "") for key in ("start_date", "end_date", "date"))
    if date and not start and not end:
        start, end = _both(date)
    return {"startDate": _date(start), "endDate": "" if means_until_today(end) else _date(end)}


def _both(text: str) -> tuple[str, str]:
    """Return start and end of a period, the whole text as the start of a doubtful one, and as the end of none."""
    period = split_period(text)
    if not period:
        return "", text
    return (text, "") if period.whys else (period.start, period.end)


def _date(text: str) -> str:
    found = read_date(text)
    return found[0] if found and not found[1] else text


def _single(entry: dict[str, Any]) -> str:
    return _date(entry.get("date") or entry.get("end_date") or entry.get("start_date") or "")


def _name(entry: dict[str, Any]) -> str:
    return entry.get("name") or entry.get("label") or _text(entry)


def _job(entry: dict[str, Any]) -> dict[str, Any]:
    keys = {"name": entry.get("company") or entry.get("name"), "position": entry.get("position")}
    place = {"location": entry.get("location"), "url": entry.get("url")}
    return {**keys, **place, **_dated(entry), "summary": entry.get("summary"), "highlights": entry.get("highlights")}


def _volunteer(entry: dict[str, Any]) -> dict[str, Any]:
    job = _job(entry)
    return {"organization": job.pop("name"), **{key: value for key, value in job.items() if key != "location"}}


def _school(entry: dict[str, Any]) -> dict[str, Any]:
    keys = {"institution": entry.get("institution") or entry.get("name"), "area": entry.get("area")}
    courses = [entry.get("summary"), *entry.get("highlights", [])]
    return {**keys, "studyType": entry.get("degree"), **_dated(entry), "courses": courses}


def _project(entry: dict[str, Any]) -> dict[str, Any]:
    text = {"description": entry.get("summary"), "highlights": entry.get("highlights")}
    return {"name": _name(entry), **_dated(entry), "url": entry.get("url"), **text}


def _details(entry: dict[str, Any]) -> list[str]:
    return [part.strip() for part in entry.get("details", "").split(",")]


def _publication(entry: dict[str, Any]) -> dict[str, Any]:
    doi = f"https://doi.org/{doi}" if (doi := entry.get("doi")) else ""
    by = ", ".join(one.strip("*") for one in entry.get("authors", []))
    named = {"name": entry.get("title") or _name(entry), "publisher": entry.get("journal")}
    text = "\n\n".join(part for part in (by, entry.get("summary", "")) if part)
    return {**named, "releaseDate": _single(entry), "url": entry.get("url") or doi, "summary": text}


ENTRIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "work": _job,
    "volunteer": _volunteer,
    "education": _school,
    "projects": _project,
    "publications": _publication,
    "skills": lambda entry: {"name": _name(entry), "keywords": _details(entry)},
    "languages": lambda entry: {"language": _name(entry), "fluency": entry.get("details") or entry.get("summary")},
    "interests": lambda entry: {"name": _name(entry), "keywords": _details(entry)},
    "awards": lambda entry: {
        "title": _name(entry),
        "date": _single(entry),
        "summary": "\n".join(part for part in (entry.get("summary"), *entry.get("highlights", [])) if part),
    },
    "certificates": lambda entry: {
        "name": _name(entry),
        "date": _single(entry),
        "url": entry.get("url"),
        "issuer": entry.get("summary") or entry.get("location"),
    },
    "references": lambda entry: {"name": _name(entry), "reference": entry.get("summary")},
}
"""Section → function that makes its entry of RenderCV's."""
