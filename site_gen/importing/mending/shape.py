"""The shape of a JSON Resume, from its schema: which keys an object may have, and the type of each value."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from site_gen.resume.normalization import RENAMED
from site_gen.resume.reading import SCHEMA

ALIASES = Path(__file__).with_name("aliases.json")

Node = dict[str, Any]
"""A part of the schema."""

MAIN_KEYS = {
    "basics.profiles": "url",
    "work": "name",
    "volunteer": "organization",
    "education": "institution",
    "awards": "title",
    "certificates": "name",
    "publications": "name",
    "projects": "name",
    "skills": "name",
    "languages": "language",
    "interests": "name",
    "references": "reference",
    "basics.location": "city",
}
"""Object → the key that a text means which stands in its place: "Go" → {"name": "Go"}."""


@cache
def schema() -> Node:
    """Return the schema of the whole résumé."""
    loaded: Node = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def properties(node: Node) -> dict[str, Node]:
    """Return the known keys of an object; none for the parts in which any key is welcome."""
    found: dict[str, Node] = node.get("properties", {})
    return found


def kind(node: Node) -> str:
    """Return object, array or string. A date is a string."""
    return str(node.get("type", "string"))


@cache
def aliases(name: str) -> dict[str, str]:
    """Return other name → current name of the keys of an object, the names of version 0 of the schema among them.

    name: the path of the object without indexes, such as "basics.profiles".
    """
    every: dict[str, dict[str, str]] = json.loads(ALIASES.read_text(encoding="utf-8"))
    return {**every.get(name, {}), **RENAMED.get(name, {})}


def name_of(path: tuple[str | int, ...]) -> str:
    """Return a path without indexes: ("work", 2, "url") → "work.url"."""
    return ".".join(part for part in path if isinstance(part, str))
