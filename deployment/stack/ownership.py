"""Ownership of a stack, by the description of its template. Stacks of other projects are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployment.stack.title import title
from errors import StackError

MAIN = "A resume with a real-time visitor counter"
MARKS = (
    MAIN,
    "What a deploy of the resume uploads first",
    "The certificate of the resume's domain",
    "The roles of the resume's GitHub workflows",
)
"""Prefixes of the descriptions of this project's templates, in all releases (a test verifies template_gen)."""


def is_ours(template: Mapping[str, Any]) -> bool:
    """Return True if this project generated the template, by its description."""
    return str(template.get("Description", "")).startswith(MARKS)


def is_main(template: Mapping[str, Any]) -> bool:
    """Return True for the template of the site's stack, by its description."""
    return str(template.get("Description", "")).startswith(MAIN)


def require_ours(name: str, template: Mapping[str, Any]) -> None:
    """Raise StackError if the stack belongs to another project."""
    if not is_ours(template):
        raise StackError(
            title(name),
            "a stack of this name exists that does not belong to this project, so it was not changed",
            "choose another stack.name in settings.toml, or another --region or --profile",
        )
