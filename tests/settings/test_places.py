"""Errors in settings.toml show the place: by tomllib's own position, or by a scanner that agrees with tomllib."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from errors import SettingsError
from settings import load
from settings.places import entries, repeated

Path_ = tuple[str | int, ...]
SHIPPED = Path(__file__).resolve().parents[2] / "settings.toml"


def refusal(tmp_path: Path, text: str | bytes) -> SettingsError:
    path = tmp_path / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError) as caught:
        load(path)
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "what", "excerpt"),
    [
        (
            "[stack]\nname = cloud\n",
            "2:8",
            "is not valid TOML: Invalid value",
            "  2 | name = cloud\n    |        ^",
        ),
        (
            '[stack]\nname = "a"\nregion = ""\nname = "b"\n',
            "4:1",
            "the key stack.name occurs twice, first in line 2",
            '  4 | name = "b"\n    | ^^^^',
        ),
        (
            "[stack]\n[site]\n[stack]\n",
            "3:2",
            "the table [stack] occurs twice, first in line 1",
            "  3 | [stack]\n    |  ^^^^^",
        ),
        (
            'stack = { name = "a", name = "b" }',
            "1:23",
            "the key stack.name occurs twice, first in line 1",
            '  1 | stack = { name = "a", name = "b" }\n    |                       ^^^^',
        ),
        (
            '[stack]\r\n  name = "9lives"  # mine\r\n',
            "2:10",
            "stack.name = '9lives': must be a name of letters",
            '  2 |   name = "9lives"  # mine\n    |          ^^^^^^^^',
        ),
        (
            'stack.nmae = "x"',
            "1:1",
            "stack.nmae: unknown; did you mean stack.name?",
            '  1 | stack.nmae = "x"\n    | ^^^^^^^^^^',
        ),
        ("\n[stak]\n", "2:2", "[stak]: unknown", "  2 | [stak]\n    |  ^^^^"),
        (
            '[tags]\nProject = "x"\n"AWS:mine" = "x"\n',
            "3:1",
            'tags."AWS:mine": names that begin with "aws:" are reserved by AWS',
            '  3 | "AWS:mine" = "x"\n    | ^^^^^^^^^^',
        ),
        (
            '[visits]\nallowed_origins = [\n  "ftp://x",\n]\n',
            "2:19",
            "visits.allowed_origins = ['ftp://x']",
            "  2 | allowed_origins = [\n    |                   ^",
        ),
        (
            'theme.accent = "#f3c969"\n',
            "1:16",
            "theme.accent = '#f3c969': its contrast",
            '  1 | theme.accent = "#f3c969"\n    |                ^^^^^^^^^',
        ),
        ('[stack]\nname = "a', "2:10", "is not valid TOML: Unterminated string", '  2 | name = "a\n    |          ^'),
    ],
)
def test_the_place_is_underlined(tmp_path: Path, text: str, place: str, what: str, excerpt: str) -> None:
    error = refusal(tmp_path, text)
    assert error.where == f"{tmp_path / 'settings.toml'}:{place}"
    assert error.what.startswith(what)
    assert error.excerpt == excerpt
    assert str(error).endswith(f"\n{excerpt}\n  next: {error.next_step}")


def test_each_of_several_problems_is_shown(tmp_path: Path) -> None:
    error = refusal(tmp_path, '[stack]\nname = ""\n[logs]\nretention_days = 2\n')
    assert error.what.splitlines()[2:4] == ['    2 | name = ""', "      |        ^^"]
    assert error.what.splitlines()[5:7] == ["    4 | retention_days = 2", "      |                  ^"]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.read_bytes())
    assert load(path).stack.name == "cloud-resume"


def test_latin_1_is_named_with_the_byte(tmp_path: Path) -> None:
    error = refusal(tmp_path, '[stack]\n[tags]\nOwner = "Rémi"\n'.encode("latin-1"))
    assert error.where.endswith("settings.toml:3:11")
    assert error.what == "is not UTF-8: byte 0xE9, which is 'é' in Latin-1"
    assert error.excerpt == '  3 | Owner = "Rémi"\n    |           ^'
    assert "UTF-8" in error.next_step


def test_utf_16_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, '[stack]\nname = "a"'.encode("utf-16")).what == "is UTF-16, and has to be UTF-8"


names = st.text("abcAÜ_-0 .\"'\\\n#=[]{}", min_size=1, max_size=6)
scalars = (
    st.booleans()
    | st.integers(-10, 10)
    | st.text(max_size=12)
    | st.sampled_from([1.5, datetime.date(2026, 11, 28), datetime.datetime(2026, 11, 28, 7, 32, tzinfo=datetime.UTC)])
)
lists = st.lists(scalars | st.lists(scalars, max_size=2), max_size=3)
tables = st.dictionaries(names, scalars | lists | st.dictionaries(names, scalars | lists, max_size=3), max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return TOML as tomlkit writes it, with the inner tables as tables or inline, and strings on several lines."""
    document = tomlkit.document()
    for name, value in draw(tables).items():
        if isinstance(value, dict) and draw(st.booleans()):
            inline = tomlkit.inline_table()
            inline.update(value)
            document.append(tomlkit.key([name]) if draw(st.booleans()) else name, inline)
        elif isinstance(value, str) and draw(st.booleans()):
            document.append(name, tomlkit.string(value, multiline=True))
        else:
            document.append(name, tomlkit.item(value))
    return tomlkit.dumps(document)


def leaves(value: Any, path: Path_ = ()) -> dict[Path_, Any]:
    """Return every key with its value, at any depth."""
    found: dict[Path_, Any] = {path: value} if path else {}
    if isinstance(value, dict):
        for name, inner in value.items():
            found |= leaves(inner, (*path, name))
    return found


def written(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


@given(documents())
def test_the_scanner_finds_what_tomllib_parses(text: str) -> None:
    table = written(text)
    if table is None:  # tomlkit writes some control characters that TOML does not allow
        return
    expected = leaves(table)
    found = {entry.path: entry for entry in entries(text)}
    assert found.keys() == expected.keys()
    assert repeated(text) is None
    for path, entry in found.items():
        if not entry.is_table:
            value = text[slice(*entry.value)]
            assert tomllib.loads(f"value = {value}")["value"] == expected[path]
            assert tomllib.loads(f"{text[slice(*entry.key)]} = 1")


@given(st.text("ab=[]{},.\n\"'# \\", max_size=60))
def test_any_text_can_be_scanned(text: str) -> None:
    table, found = written(text), list(entries(text))
    if table is not None:
        listed = {path for path, value in leaves(table).items() if not isinstance(value, list)}
        implicit = {path[:length] for path in listed for length in range(len(path))}
        assert listed - implicit <= {entry.path for entry in found}
