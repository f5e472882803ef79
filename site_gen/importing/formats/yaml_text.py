"""YAML as plain data: texts, lists and objects. A date or a number stays the text that it was written as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from errors import ResumeError
from site_gen.importing.formats.source import require_small
from source_text import excerpt, place_at

if TYPE_CHECKING:
    from pathlib import Path

NULLS = {"~", "null", "Null", "NULL"}


def read_yaml(file: Path, text: str) -> Any:
    """Return the document. Raises ResumeError for what is not YAML, with line and column."""
    import yaml

    try:
        # BaseLoader makes texts, lists and dicts only: no object of Python, and 2020.10 keeps its zero.
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes plain data only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = place_at(text, mark.index) if mark else None
        where = f"{file}:{place}" if place else str(file)
        shown = excerpt(text, place) if place else ""
        problem = error.problem or error.context or "it cannot be parsed"
        raise ResumeError(
            where, f"is not YAML: {problem}", "correct that line; indentation matters", excerpt=shown
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ResumeError(str(file), f"is not YAML: {error}", "correct the file") from error
    require_small(file, document)  # aliases in each other can mean a billion values
    return _without_nulls(document)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if isinstance(key, str)}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return "" if value in NULLS else value
