"""Changes single values in settings.toml and leaves everything else, comments included, as it is.

Only lines of the form `key = value  # comment` below their `[section]` are touched, and what comes out is read back:
unless exactly the wanted keys have changed, nothing is written. A file of another form is its owner's to edit.
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
    """The text and what it says; both empty where there is no file. Raises SettingsError."""
    try:
        text = path.read_bytes().decode("utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(str(path), f"cannot be read: {exc}", "make it a readable UTF-8 text file") from exc
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(str(path), f"is not valid TOML: {exc}", "mend that line (strings stand in quotes)") from exc


def value_of(table: Mapping[str, Any], key: str) -> Any:
    """The value at a dotted key, None where there is none."""
    section, _, name = key.partition(".")
    content = table.get(section)
    return content.get(name) if isinstance(content, Mapping) else None


def write_values(path: Path, changes: Mapping[str, str]) -> None:
    """Sets the texts at these dotted keys. Raises SettingsError when the file's form does not allow it."""
    text, table = read_table(path)
    changed = text
    for key, value in changes.items():
        changed = with_value(changed, key, value)
    if not _says(changed, _with_all(table, changes)):
        raise SettingsError(
            str(path),
            f"is written in a form in which {', '.join(changes)} cannot be set without touching anything else",
            "set by hand: " + "; ".join(f"{key} = {json.dumps(value)}" for key, value in changes.items()),
        )
    if changed != text:
        write_atomically(path, changed.encode())


def with_value(text: str, key: str, value: str) -> str:
    """The text with the value at `key`, in its line if it has one, else in a new line of its section."""
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
    """The comment stays in its column as long as there is room."""
    before, old, gap, comment, newline = (part or "" for part in found.groups())
    if comment:
        gap = " " * max(len(old) + len(gap) - len(value), 2)
    return before + value + gap + comment + newline


def _section(lines: list[str], section: str) -> tuple[int, int]:
    """The numbers of the section's line and of the line after its last; -1 where there is none."""
    header = re.compile(rf"\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?")
    start = next((number for number, line in enumerate(lines) if header.fullmatch(line.strip())), -1)
    following = (n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("["))
    return start, next(following, len(lines))


def _quoted(value: str) -> str:
    """JSON's strings are TOML's, but for characters above the first plane and DEL, which no setting has."""
    return json.dumps(value, ensure_ascii=False)


def _with_all(table: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        content = wanted.setdefault(section, {})
        if isinstance(content, dict):
            content[name] = value
    return wanted


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
