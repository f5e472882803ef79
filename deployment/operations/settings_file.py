"""Sets single values in settings.toml and leaves everything else unchanged: comments, order and formatting.

tomlkit edits the text, and the result is read back: unless exactly the given keys have changed, nothing is written.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import SettingsError
from files import write_atomically
from settings.parsing import decoded, parsed

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Item, String


MARK = "\ufeff"
"""The byte order mark, which some editors on Windows write."""


def read_table(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text and its parsed content; both empty when the file does not exist. The text keeps its byte order
    mark.

    Raises SettingsError when the file cannot be read or parsed.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "", {}
    except OSError as exc:
        raise SettingsError(str(path), f"cannot be read: {exc}", "make it a readable UTF-8 text file") from exc
    text = decoded(content, path)
    return (MARK if content.startswith(MARK.encode()) else "") + text, parsed(text, path)


def value_of(table: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key, or None if there is none."""
    section, _, name = key.partition(".")
    content = table.get(section)
    return content.get(name) if isinstance(content, Mapping) else None


def write_values(path: Path, changes: Mapping[str, str]) -> None:
    """Set the strings at these dotted keys. Raises SettingsError when the form of the file does not allow it."""
    text, table = read_table(path)
    mark = MARK if text.startswith(MARK) else ""
    before = changed = text.removeprefix(mark)
    for key, value in changes.items():
        changed = with_value(changed, key, value)
    if not _parses_to(changed, _with_all(table, changes)):
        raise SettingsError(
            str(path),
            f"has a form in which {', '.join(changes)} cannot be set without changing anything else",
            "edit it by hand: " + "; ".join(f"{key} = {json.dumps(value)}" for key, value in changes.items()),
        )
    if changed != before:
        write_atomically(path, f"{mark}{changed}".encode())


def with_value(text: str, key: str, value: str) -> str:
    """Return the text with the string `value` at `key`, unchanged if it cannot be set: see `_parses_to`.

    tomlkit is imported here, because only a change needs it.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    newline = "\r\n" if "\r\n" in text else "\n"
    section, _, name = key.partition(".")
    try:
        document = tomlkit.parse(text if not text or text.endswith("\n") else text + newline)
        _set(document, section, name, tomlkit.string(value))
        edited = tomlkit.dumps(document)
    except TOMLKitError:
        return text
    return edited if newline == "\n" else re.sub(r"(?<!\r)\n", newline, edited)


def _set(document: TOMLDocument, section: str, name: str, value: String) -> None:
    """Replace the value, or add it after the last key of its section, which is added if missing."""
    import tomlkit
    from tomlkit.items import Table

    if section not in document:
        document.add(section, tomlkit.table())
    content = document[section]
    if not isinstance(content, MutableMapping):
        return
    if name in content:
        _keep_column(content[name], value)
        content[name] = value
    elif isinstance(content, Table):
        # Comments and blank lines before the next section stay there.
        body = content.value.body
        end = next((number for number in range(len(body), 0, -1) if body[number - 1][0] is not None), 0)
        rest = body[end:]
        del body[end:]
        content.append(name, value)
        body.extend(rest)
    else:
        content[name] = value


def _keep_column(old: Item, new: String) -> None:
    """Keep the comment after the value in its column if there is room."""
    if old.trivia.comment:
        width = len(old.as_string()) + len(old.trivia.comment_ws) - len(new.as_string())
        new.trivia.comment_ws = " " * max(width, 2)


def _with_all(table: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        content = wanted.get(section)
        wanted[section] = {**(content if isinstance(content, dict) else {}), name: value}
    return wanted


def _parses_to(text: str, wanted: Mapping[str, Any]) -> bool:
    """Return True if the text is TOML with exactly this content."""
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
