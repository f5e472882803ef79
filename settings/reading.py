"""Reads settings.toml and validates it as a whole, by the rules of `sections`.

An unknown key is rejected with the most similar known one, a value that is not allowed with the allowed ones, and all
problems are reported at once.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from errors import SettingsError
from settings.colour import TEXT_CONTRAST, WHITE, Colour, contrast, readable
from settings.keys import RULES
from settings.parsing import decoded, parsed
from settings.problems import Problem, settings_error
from settings.rules import NotAllowedError
from settings.sections import Settings
from settings.spending import REPLACED

ACCENT_CONTRAST_DARK = 7.5
"""The contrast of a derived dark accent. It is higher than required, because thin light strokes on black look
thinner."""

_SECTIONS = sorted({key.split(".")[0] for key in RULES})


def load(path: Path) -> Settings:
    """Return the settings in the file at `path`, with defaults filled in.

    Raises SettingsError when the file is missing, is not TOML, or has a key or value that is not allowed.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise SettingsError(str(path), "there is no such file", "create it (an empty file means all defaults)") from exc
    except OSError as exc:
        raise SettingsError(str(path), f"cannot be read: {exc}", "make it a readable UTF-8 text file") from exc
    text = decoded(content, path)
    return validate(parsed(text, path), path, text)


def validate(table: Mapping[str, Any], path: Path, text: str = "") -> Settings:
    """Return `table`, as parsed from TOML, as Settings. `path` names the file in errors and is the base of relative
    folders. text: the text of the file, to show the places of problems.

    Raises SettingsError, which lists every problem.
    """
    given, problems = _flatten(table)
    values: dict[str, Any] = {}
    for key, rule in RULES.items():
        value = given.get(key, rule.default)
        try:
            values[key] = rule.parse(value)
        except NotAllowedError as exc:
            wrong = f"{key}.{json.dumps(exc.name)}: {exc.reason}" if exc.name else ""
            problems.append(Problem(key, wrong or f"{key} = {_shown(value)}: must be {rule.allowed}", exc.name))
    problems += _contradictions(values)
    problems += _unreadable(values)
    if problems:
        raise settings_error(path, problems, text)
    return _assemble(values, path.parent)


def _flatten(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the table's values by dotted key, and a problem for each unknown key."""
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for section, content in table.items():
        if section in RULES:
            given[section] = content
        elif section not in _SECTIONS:
            problems.append(_unknown(section, f"[{section}]", _SECTIONS))
        elif not isinstance(content, dict):
            problems.append(Problem(section, f"{section} = {_shown(content)}: must be a table, [{section}]"))
        else:
            for name, value in content.items():
                key = f"{section}.{name}"
                if key in RULES:
                    given[key] = value
                else:
                    problems.append(_unknown(key, key, RULES))
    return given, problems


def _contradictions(values: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of values that are valid alone but not together. Values missing here were reported
    already."""
    problems = []
    if values.get("domain.name") == "":
        problems += [
            Problem(key, f"{key} = {_shown(values[key])}: allowed only with a domain.name")
            for key in ("domain.hosted_zone", "domain.certificate_arn", "domain.www_redirect")
            if values.get(key)
        ]
    if values.get("domain.www_redirect") and str(values.get("domain.name")).startswith("www."):
        wrong = "domain.www_redirect = true: allowed only with a domain.name that does not begin with www."
        problems.append(Problem("domain.www_redirect", wrong))
    return problems


def _unreadable(values: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each text colour with too little contrast, with the nearest colour that has enough."""
    problems = []
    for name, ground in (
        ("ink", "paper"),
        ("accent", "paper"),
        ("ink_dark", "paper_dark"),
        ("accent_dark", "paper_dark"),
    ):
        text, paper = values.get(f"theme.{name}"), values.get(f"theme.{ground}")
        if not text or not paper:
            continue
        colour, under = Colour.parse(text), Colour.parse(paper)
        if (found := contrast(colour, under)) < TEXT_CONTRAST:
            wrong = (
                f"theme.{name} = {text!r}: its contrast with theme.{ground}, {paper}, is {found:.1f}:1, but text needs "
                f"{TEXT_CONTRAST}:1; the nearest colour with enough contrast is {readable(colour, under)!s}"
            )
            problems.append(Problem(f"theme.{name}", wrong))
    return problems


def _unknown(key: str, shown: str, known: Any) -> Problem:
    if key in REPLACED:
        return Problem(key, f"{shown}: no longer known; give {REPLACED[key]} instead", of_key=True)
    return Problem(key, f"{shown}: unknown{_suggestion(key, known)}", of_key=True)


def _suggestion(key: str, known: Any) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return repr(value)[:120]
    except RecursionError:  # tomllib reads dotted keys of any depth
        return "a table of thousands of levels"


def _assemble(values: Mapping[str, Any], anchor: Path) -> Settings:
    sections: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if name:
            sections.setdefault(section, {})[name] = value
        else:
            sections[section] = value
    sections["site"]["folder"] = anchor / sections["site"]["folder"]
    sections["theme"]["accent_dark"] = sections["theme"]["accent_dark"] or _lightened(sections["theme"])
    kinds = get_type_hints(Settings)
    return Settings(
        **{
            section: kinds[section](**content) if is_dataclass(kinds[section]) else content
            for section, content in sections.items()
        }
    )


def _lightened(theme: Mapping[str, str]) -> str:
    """Return the default accent of the dark page: the light page's accent, lightened until it is readable."""
    paper_dark = Colour.parse(theme["paper_dark"])
    return str(readable(Colour.parse(theme["accent"]), paper_dark, ACCENT_CONTRAST_DARK).mixed(WHITE, 0.2))


DEFAULT_THEME = validate({}, Path("settings.toml")).theme
