"""The report of an import: a line for each change, the most important ones first."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.change import Change, Kind
from site_gen.importing.mending.shape import properties, schema
from site_gen.resume.violations import TYPE_NAMES, encodable, format_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.importing.mending.change import Path
    from site_gen.importing.mending.keys import UnknownKey
    from site_gen.importing.plan import ImportPlan

LONGEST = 44
"""Characters of a value that are shown."""

WIDEST = 34
"""Columns of the paths, so that a long one does not push all values to the right."""

HEADINGS = (
    ("left out", {Kind.DROPPED}),
    ("please check", {Kind.DOUBTFUL}),
    ("mended", {Kind.RENAMED, Kind.MENDED}),
)


def report_lines(plan: ImportPlan) -> list[str]:
    """Return the lines for the terminal; none for a JSON Resume that is fine as it is."""
    lines = (
        [f"read {plan.file} as {plan.format}"] if plan.changes or plan.unread or plan.format != "JSON Resume" else []
    )
    for heading, kinds in HEADINGS:
        changes = sorted((change for change in plan.changes if change.kind in kinds), key=_order)
        lines += _section(heading, len(changes), _changes(changes))
    lines += _section("not shown on the page, but kept in the file", len(plan.unknown), _unknown(plan.unknown))
    unread = [(part, "has no place in JSON Resume") for part in plan.unread]
    lines += _section("not taken over", len(unread), unread)
    if plan.picture:
        lines.append(f"picture: {plan.picture.told}")
    return [encodable(line) for line in lines]


def _order(change: Change) -> tuple[int, int]:
    """Return the place of a change by section and entry: first the file as a whole, then basics, work and so on."""
    if not change.path:
        return 0, 0
    sections = list(properties(schema()))
    section, *inner = change.path
    rank = sections.index(str(section)) + 1 if section in sections else len(sections) + 1
    return rank, next((part for part in inner[:1] if isinstance(part, int)), -1)


def _section(heading: str, number: int, rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return a heading with the number of what is below it, and the rows in two columns."""
    if not rows:
        return []
    width = min(max(len(path) for path, _ in rows), WIDEST)
    return [f"{heading} ({number}):", *(f"  {path.ljust(width)}  {text}".rstrip() for path, text in rows)]


def _changes(changes: Iterable[Change]) -> list[tuple[str, str]]:
    """Return path and text of each change; the same one in several entries is told once."""
    told = [(change, _general(change)) for change in changes]
    times = Counter(general for _, general in told)
    rows: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for change, general in told:
        if times[general] == 1:
            rows.append((_place(change), _text(change)))
        elif general not in seen:
            seen.add(general)
            rows.append((general[0], f"{general[1]} ({times[general]} times)"))
    return rows


def _general(change: Change) -> tuple[str, str]:
    """Return path and text of a change without the numbers of entries."""
    return _without_numbers(change.path) or "the file", _text(change)


def _without_numbers(path: Path) -> str:
    return ".".join(part if isinstance(part, str) else "[]" for part in path).replace(".[]", "[]")


def _place(change: Change) -> str:
    return format_path(change.path) if change.path else "the file"


def _text(change: Change) -> str:
    """Return what changed: `"2023-9-28" → "2023-09-28"`, with the reason if there is one."""
    if change.kind is Kind.DROPPED:
        return _reason(change)
    if change.kind is Kind.RENAMED:
        return f"→ {change.after}"
    if not change.path:
        return f"{change.before} → {change.after}"
    values = " → ".join(_shown(value) for value in (change.before, change.after) if value is not None)
    return ": ".join(part for part in (values, change.why) if part)


def _reason(change: Change) -> str:
    """Return the value and why it is left out; some reasons begin with the value."""
    value = _shown(change.before)
    starts_with_value = change.why.startswith(('"', "null", *TYPE_NAMES.values()))
    return change.why if starts_with_value else f"{value} {change.why}".strip()


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > LONGEST and isinstance(value, dict | list):
        return f"a list of {len(value)}" if isinstance(value, list) else "an object"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}…{text[-1]}"


def _unknown(keys: Iterable[UnknownKey]) -> list[tuple[str, str]]:
    """Return path and suggestion of each unknown key; the same key in several entries is told once."""
    found: dict[str, tuple[int, UnknownKey]] = {}
    for key in keys:
        general = _without_numbers(key.path)
        found[general] = (found.get(general, (0, key))[0] + 1, key)
    return list(_rows(found))


def _rows(found: dict[str, tuple[int, UnknownKey]]) -> Iterator[tuple[str, str]]:
    for general, (times, key) in found.items():
        path = format_path(key.path) if times == 1 else f"{general} ({times} times)"
        yield path, f"did you mean {key.meant}?" if key.meant else ""
