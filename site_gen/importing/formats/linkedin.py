"""LinkedIn's data export → JSON Resume: a zip with a CSV file for each part of the profile.

Columns are found by name, as their number has changed over the years. Of the zip's other files (connections, messages,
registration) nothing is read.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from errors import ResumeError
from site_gen.importing.formats.encoding import decode_any
from site_gen.importing.formats.source import Entry, Source, tidy
from site_gen.importing.mending.dates import read_date
from source_text import NotUtf8Error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LARGEST = 5_000_000
"""Bytes of all tables together after decompression."""

MOST_ROWS = 2000
"""Entrys of one table; LinkedIn allows a hundred skills."""

LONGEST = 2000
"""Characters of the column of web sites that are looked at."""

FILES = {
    *("profile", "positions", "education", "skills", "languages", "certifications", "projects", "publications"),
    *("honors", "volunteering", "emailaddresses", "phonenumbers", "recommendationsreceived", "volunteerexperiences"),
}
OTHERS = {"courses", "patents", "organizations", "testscores"}
"""Tables of the profile that have no place in JSON Resume."""

ABOUT_THE_EXPORT = {"Confirmed", "Primary", "Updated On", "Extension", "Type", "Status", "Creation Date"}
"""Columns that say nothing about the person."""

WEBSITE = re.compile(r"(?:\[?([A-Z_]+):)?((?:https?://|www\.)[^\s,\]]+)")
BULLET = re.compile(r"^\s*[-•*·▪–]\s*")
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, csv.Error, RuntimeError, NotImplementedError),
    *(EOFError, OSError, ValueError, struct.error),
)
"""What reading a damaged or protected zip raises."""


def convert_linkedin(file: Path, content: bytes) -> Source:
    """Return the export as JSON Resume. Raises ResumeError for a zip that is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables, names = _tables(archive)
    except DAMAGED as error:
        raise ResumeError(str(file), f"cannot be unzipped: {error}", "download the export again") from error
    if "profile" not in tables:
        raise ResumeError(
            str(file),
            "is a zip without Profile.csv, so it is not LinkedIn's data export",
            "on LinkedIn: Settings, Data privacy, Get a copy of your data, and choose the larger archive",
        )
    tables["recommendationsreceived"] = [row for row in tables.get("recommendationsreceived", []) if _is_shown(row)]
    resume = tidy(_resume(tables))
    return Source(resume, "LinkedIn's data export", unread=tuple(_unread(tables, names)))


def _unread(tables: dict[str, list[Entry]], names: dict[str, str]) -> Iterator[str]:
    """Yield the tables and the columns that were not read."""
    for key, name in sorted(names.items()):
        columns = dict.fromkeys(column for row in tables[key] for column in row.unread())
        if key in OTHERS and columns:
            yield name
        elif key not in OTHERS:
            yield from (f"{name}: {column}" for column in columns if column not in ABOUT_THE_EXPORT)


def _tables(archive: zipfile.ZipFile) -> tuple[dict[str, list[Entry]], dict[str, str]]:
    """Return the rows and the file name of each table. Raises one of DAMAGED; ValueError for too many."""
    tables: dict[str, list[Entry]] = {}
    names: dict[str, str] = {}
    left = LARGEST
    for info in archive.infolist():
        if (key := _key(info.filename)) not in FILES | OTHERS:
            continue
        if key in tables:
            raise ValueError(f"{info.filename} is in it twice")
        content = _unpacked(archive, info, left)
        left -= len(content)
        tables[key], names[key] = _rows(info.filename, content), PurePosixPath(info.filename).name
    return tables, names


def _key(filename: str) -> str:
    """Return the name of a table, "" for another file, such as the notes that macOS puts into a zip: ._Profile.csv."""
    path = PurePosixPath(filename)
    if path.name.startswith("."):
        return ""
    return re.sub(r"[^a-z]", "", path.stem.lower()) if path.suffix.lower() == ".csv" else ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError(f"{info.filename} is packed by another method than LinkedIn's")
    with archive.open(info) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"the profile's tables are larger than {LARGEST // 1_000_000} MB together")
    return content


def _rows(filename: str, content: bytes) -> list[Entry]:
    try:
        text, _ = decode_any(content)
    except NotUtf8Error as error:
        raise ValueError(f"{filename} {error}") from error
    rows = list(islice(csv.DictReader(io.StringIO(text, newline="")), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{filename} has more rows than any profile")
    return [Entry(_stripped(row)) for row in rows]


def _stripped(row: dict[Any, Any]) -> dict[str, str]:
    """Return the texts of a row: one that is longer or shorter than the header has others too."""
    return {key.strip(): value.strip() for key, value in row.items() if key and isinstance(value, str)}


def _resume(tables: dict[str, list[Entry]]) -> dict[str, Any]:
    volunteering = tables.get("volunteering") or tables.get("volunteerexperiences", [])
    return {
        "basics": _basics(tables),
        "work": [_job(row) for row in tables.get("positions", [])],
        "education": [_school(row) for row in tables.get("education", [])],
        "volunteer": [_volunteer(row) for row in volunteering],
        "projects": [_project(row) for row in tables.get("projects", [])],
        "certificates": [_certificate(row) for row in tables.get("certifications", [])],
        "publications": [_publication(row) for row in tables.get("publications", [])],
        "awards": [_award(row) for row in tables.get("honors", [])],
        "skills": [{"name": row.get("Name")} for row in tables.get("skills", [])],
        "languages": [
            {"language": row.get("Name"), "fluency": row.get("Proficiency")} for row in tables.get("languages", [])
        ],
        "references": [_reference(row) for row in tables["recommendationsreceived"]],
    }


def _basics(tables: dict[str, list[Entry]]) -> dict[str, Any]:
    profile = next(iter(tables["profile"]), Entry())
    sites = WEBSITE.findall(profile.get("Websites", "")[:LONGEST])
    emails = tables.get("emailaddresses", [])
    primary = [row for row in emails if row.get("Primary", "").lower() == "yes"] or emails
    phones = (number for row in tables.get("phonenumbers", []) if (number := row.get("Number")))
    handles = re.findall(r"[\w.]+", profile.get("Twitter Handles", ""))
    return {
        "name": f"{profile.get('First Name', '')} {profile.get('Last Name', '')}".strip(),
        "label": profile.get("Headline"),
        "email": next((row.get("Email Address") for row in primary), ""),
        "phone": next(phones, ""),
        "url": next((url for _, url in sites), ""),
        "summary": profile.get("Summary"),
        "location": {"city": profile.get("Geo Location")},
        "profiles": [
            *({"network": kind.capitalize() or "Website", "url": url} for kind, url in sites[1:]),
            *({"network": "X", "username": handle, "url": f"https://x.com/{handle}"} for handle in handles),
        ],
    }


def _date(text: str | None) -> str:
    found = read_date(text) if text else None
    return found[0] if found and not found[1] else text or ""


def _period(row: Entry) -> dict[str, str]:
    return {
        "startDate": _date(row.get("Started On") or row.get("Start Date")),
        "endDate": _date(row.get("Finished On") or row.get("End Date")),
    }


def _text(row: Entry) -> tuple[str, list[str]]:
    """Return the paragraphs and the bullets of a description, which LinkedIn keeps as plain lines."""
    lines = [line for line in row.get("Description", "").splitlines() if line.strip()]
    bullets = [BULLET.sub("", line).strip() for line in lines if BULLET.match(line)]
    return "\n\n".join(line.strip() for line in lines if not BULLET.match(line)), bullets


def _job(row: Entry) -> dict[str, Any]:
    text, bullets = _text(row)
    named = {"name": row.get("Company Name"), "position": row.get("Title"), "location": row.get("Location")}
    return {**named, **_period(row), "summary": text, "highlights": bullets}


def _school(row: Entry) -> dict[str, Any]:
    courses = [row.get("Notes"), row.get("Activities")]
    return {
        "institution": row.get("School Name"),
        "studyType": row.get("Degree Name"),
        **_period(row),
        "courses": courses,
    }


def _volunteer(row: Entry) -> dict[str, Any]:
    text, bullets = _text(row)
    named = {"organization": row.get("Company Name"), "position": row.get("Role")}
    return {**named, **_period(row), "summary": text or row.get("Cause"), "highlights": bullets}


def _project(row: Entry) -> dict[str, Any]:
    text, bullets = _text(row)
    return {"name": row.get("Title"), **_period(row), "description": text, "highlights": bullets, "url": row.get("Url")}


def _certificate(row: Entry) -> dict[str, Any]:
    named = {"name": row.get("Name"), "issuer": row.get("Authority"), "url": row.get("Url")}
    return {**named, "date": _date(row.get("Started On"))}


def _publication(row: Entry) -> dict[str, Any]:
    named = {"name": row.get("Name"), "publisher": row.get("Publisher"), "url": row.get("Url")}
    return {**named, "releaseDate": _date(row.get("Published On")), "summary": row.get("Description")}


def _award(row: Entry) -> dict[str, Any]:
    return {"title": row.get("Title"), "date": _date(row.get("Issued On")), "summary": row.get("Description")}


def _is_shown(row: Entry) -> bool:
    return row.get("Status", "VISIBLE").upper() in {"VISIBLE", ""}


def _reference(row: Entry) -> dict[str, Any]:
    who = f"{row.get('First Name', '')} {row.get('Last Name', '')}".strip()
    post = ", ".join(part for part in (row.get("Job Title"), row.get("Company")) if part)
    return {"name": ", ".join(part for part in (who, post) if part), "reference": row.get("Text")}
