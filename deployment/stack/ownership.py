"""Whether a stack is one of this project's: its template says so. Nothing of anybody else's is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from errors import StackError

MAIN = "A resume with a real-time visitor counter"
MARKS = (MAIN, "What a deploy of the resume uploads first", "The certificate of the resume's domain")
"""How the descriptions of our templates begin, in every version of them (a test holds template_gen to it)."""


def is_ours(template: Mapping[str, Any]) -> bool:
    return str(template.get("Description", "")).startswith(MARKS)


def is_main(template: Mapping[str, Any]) -> bool:
    return str(template.get("Description", "")).startswith(MAIN)


def require_ours(name: str, template: Mapping[str, Any]) -> None:
    """Raises StackError when the stack was made by something else."""
    if not is_ours(template):
        raise StackError(
            f"stack {name}",
            "there is a stack of this name that is not one of this project's, and it is left alone",
            "choose another stack.name in settings.toml, or another --region or --profile",
        )
