"""settings.toml as text: decoding and parsing it, with errors that show the place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from errors import SettingsError
from settings.places import Entry, repeated
from source_text import NotUtf8Error, Place, decode, excerpt, place_at

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
"""The end of tomllib's messages."""

_REPEATED = ("Cannot overwrite a value", "Cannot declare", "Duplicate inline table key", "Cannot mutate immutable")


def decoded(content: bytes, path: Path) -> str:
    """Return the text of a settings file, without a byte order mark. Raises SettingsError when it is not UTF-8."""
    try:
        return decode(content)
    except NotUtf8Error as exc:
        where = f"{path}:{exc.place}" if exc.place else str(path)
        raise SettingsError(where, str(exc), "save the file with UTF-8 encoding", excerpt=exc.excerpt) from exc


def parsed(text: str, path: Path) -> dict[str, Any]:
    """Return the table in `text`. Raises SettingsError, with the place, when it is not TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError as exc:
        raise SettingsError(str(path), "is nested too deeply", "settings need only a few levels") from exc
    except ValueError as exc:  # TOMLDecodeError, and a number of thousands of digits
        message = str(exc)
        if message.startswith(_REPEATED) and (found := repeated(text)):
            raise _repeated_error(text, path, *found) from exc
        raise _syntax_error(text, path, message) from exc


def _syntax_error(text: str, path: Path, message: str) -> SettingsError:
    fix = "fix that line (strings need quotes)"
    found = _AT.search(message)
    if not found:
        return SettingsError(str(path), f"is not valid TOML: {message}", fix)
    place = Place(int(found[1]), int(found[2])) if found[1] else place_at(text, len(text))
    what = f"is not valid TOML: {message[: found.start()]}"
    return SettingsError(f"{path}:{place}", what, fix, excerpt=excerpt(text, place))


def _repeated_error(text: str, path: Path, first: Entry, again: Entry) -> SettingsError:
    name = ".".join(map(str, again.path))
    shown, fix = (f"[{name}]", f"move its keys to the first [{name}]") if again.is_table else (name, "remove one")
    place = place_at(text, again.key[0], again.key[1] - again.key[0])
    line = place_at(text, first.key[0]).line
    kind = "table" if again.is_table else "key"
    return SettingsError(
        f"{path}:{place}",
        f"the {kind} {shown} occurs twice, first in line {line}",
        fix,
        excerpt=excerpt(text, place),
    )
