"""Tells the format of a file by its content, and reads it.

| content | format |
| --- | --- |
| a zip | LinkedIn's data export |
| `<` | Europass XML: `Candidate`, or `SkillsPassport` before 2020 |
| JSON, also with comments | JSON Resume, or RenderCV's keys |
| a name that ends in .yaml or .yml | RenderCV, or JSON Resume as YAML |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from errors import OutputError, ResumeError
from site_gen.folders.source import read_bytes
from site_gen.importing.formats import europass, europass_passport
from site_gen.importing.formats.encoding import decode_any
from site_gen.importing.formats.linkedin import convert_linkedin
from site_gen.importing.formats.loose_json import is_json, read_json
from site_gen.importing.formats.rendercv import convert_rendercv, is_rendercv
from site_gen.importing.formats.source import Source, require_small
from site_gen.importing.formats.xml_tree import name, read_xml
from site_gen.importing.formats.yaml_text import read_yaml
from source_text import NotUtf8Error

if TYPE_CHECKING:
    from pathlib import Path

YAML = {".yaml", ".yml"}
OTHERS = {b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "a Word document", b"{\\rtf": "a text with formatting (RTF)"}
"""Beginning of a file → what it is."""

LARGEST = 30_000_000
"""Bytes of a file; pictures can be inside."""

FORMATS = "JSON Resume, RenderCV's YAML, Europass XML, or the zip of LinkedIn's data export"


def read_source(file: Path) -> Source:
    """Return the content of the file as JSON Resume. Raises ResumeError for what is none of the formats, OutputError
    for a file that cannot be read."""
    try:
        content = read_bytes(file)
    except OutputError as error:
        raise OutputError(error.where, error.what, f"name a file that you may read: {FORMATS}") from error
    source = _read(file, content)
    require_small(file, source.document)
    return source


def _read(file: Path, content: bytes) -> Source:
    if len(content) > LARGEST:
        raise ResumeError(str(file), f"has {len(content) // 1_000_000} MB, too much for a résumé", f"give {FORMATS}")
    for start, what in OTHERS.items():
        if content.startswith(start):
            raise ResumeError(str(file), f"is {what}, from which nothing certain can be read", f"give {FORMATS}")
    if content.startswith(b"PK"):
        return convert_linkedin(file, content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _from_xml(file, content)
    return _from_text(file, content)


def _from_xml(file: Path, content: bytes) -> Source:
    root = read_xml(file, content)
    if name(root) == europass.ROOT:
        return europass.convert_candidate(root)
    if name(root) == europass_passport.ROOT:
        return europass_passport.convert_passport(root)
    raise ResumeError(str(file), f"is XML, but <{name(root)[:60]}> is not Europass", f"give {FORMATS}")


def _from_text(file: Path, content: bytes) -> Source:
    try:
        text, changes = decode_any(content)
    except NotUtf8Error as error:
        where = f"{file}:{error.place}" if error.place else str(file)
        raise ResumeError(where, str(error), "save the file with UTF-8 encoding", excerpt=error.excerpt) from error
    as_yaml = file.suffix.lower() in YAML
    found: Any
    found, more = (read_yaml(file, text), []) if as_yaml else read_json(file, text)
    if is_rendercv(found):
        return convert_rendercv(found)
    if as_yaml:
        return Source(found, "JSON Resume as YAML")
    changes += more
    strict = text if is_json(text) else ""
    return Source(found, "JSON Resume", changes, verbatim=None if changes else content, text=strict)
