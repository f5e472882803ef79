"""Editing of single values in settings.toml that preserves everything else, including comments.

Only lines of the form `key = value  # comment` below their `[section]` are changed. The result is parsed again, and
nothing is written unless exactly the given keys have changed. Files of another form have to be edited by hand.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from errors import SettingsError
from files import write_atomically

_VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s#"'\[{][^\s#]*)"""


def read_table(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text and the parsed content; both empty if the file does not exist. Raises SettingsError."""
    try:
        text = path.read_bytes().decode("utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(str(path), f"cannot be read: {exc}", "make it a readable UTF-8 text file") from exc
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(str(path), f"is not valid TOML: {exc}", "correct that line (strings need quotes)") from exc


def value_of(table: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key, None if it does not exist."""
    section, _, name = key.partition(".")
    content = table.get(section)
    return content.get(name) if isinstance(content, Mapping) else None


def write_values(path: Path, changes: Mapping[str, str]) -> None:
    """Set the strings at these dotted keys. Raises SettingsError when the form of the file does not allow it."""
    text, table = read_table(path)
    changed = text
    for key, value in changes.items():
        changed = with_value(changed, key, value)
    if not _parses_to(changed, _with_all(table, changes)):
        raise SettingsError(
            str(path),
            f"has a form in which {', '.join(changes)} cannot be set without changing anything else",
            "edit it by hand: " + "; ".join(f"{key} = {json.dumps(value)}" for key, value in changes.items()),
        )
    if changed != text:
        write_atomically(path, changed.encode())


def with_value(text: str, key: str, value: str) -> str:
    """Return the text with the value at `key` set, in its line if it exists, else in a new line of its section."""
    section, _, name = key.partition(".")
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    start, end = _section(lines, section)
    if start < 0:
        gap = [newline] if lines else []
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += newline
        return "".join([*lines, *gap, f"[{section}]{newline}", f"{name} = {_quoted(value)}{newline}"])
    line = re.compile(rf"(\s*{re.escape(name)}\s*=\s*)({_VALUE})([ \t]*)(#.*)?(\r?\n?)")
    for number in range(start + 1, end):
        if found := line.fullmatch(lines[number]):
            lines[number] = _line(found, _quoted(value))
            return "".join(lines)
    if not lines[start].endswith("\n"):
        lines[start] += newline
    lines.insert(start + 1, f"{name} = {_quoted(value)}{newline}")
    return "".join(lines)


def _line(found: re.Match[str], value: str) -> str:
    """Return the line with the new value, keeping the column of the comment if possible."""
    before, old, gap, comment, newline = (part or "" for part in found.groups())
    if comment:
        gap = " " * max(len(old) + len(gap) - len(value), 2)
    return before + value + gap + comment + newline


def _section(lines: list[str], section: str) -> tuple[int, int]:
    """Return the index of the header of the section, -1 if missing, and the index after its last line."""
    header = re.compile(rf"\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?")
    start = next((number for number, line in enumerate(lines) if header.fullmatch(line.strip())), -1)
    following = (n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("["))
    return start, next(following, len(lines))


def _quoted(value: str) -> str:
    """Return a TOML string. JSON strings are valid except for DEL and escapes outside the BMP, which no setting has."""
    return json.dumps(value, ensure_ascii=False)


def _with_all(table: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        content = wanted.setdefault(section, {})
        if isinstance(content, dict):
            content[name] = value
    return wanted


def _parses_to(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
