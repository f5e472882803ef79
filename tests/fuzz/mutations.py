"""Malformed documents: JSON of any shape, and good documents with a few places spoiled."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

SECRET = "visitor-7Qx"
"""Part of every text that is put into an event: what no log may hold."""

TEXTS = st.text(max_size=30) | st.text(max_size=20).map(lambda text: SECRET + text)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | TEXTS
    | st.sampled_from(["", SECRET, "\ud800" + SECRET, "\x00" + SECRET, SECRET * 500, "9" * 5000])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside `document`."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [found for key, value in inside for found in ((*path, key), *places(value, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn, good: list[Any]) -> Any:
    """One of `good`, with one to four of its values replaced or gone."""
    document = copy.deepcopy(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, 4))):
        if not (known := places(document)):
            break
        *path, last = draw(st.sampled_from(known))
        holder = document
        for key in path:
            holder = holder[key]
        if draw(st.booleans()) and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = draw(VALUES)
    return document


def malformed(good: list[Any]) -> st.SearchStrategy[Any]:
    return VALUES | spoiled(good)


@st.composite
def cut_text(draw: st.DrawFn, good: list[str]) -> str:
    """One of `good` with up to three of its parts cut out, doubled or overwritten."""
    text = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.sampled_from(["", text[start:end] * 2]) | st.text(max_size=8)) + text[end:]
    return text


NESTED = ("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000)
"""Tried once each, by `@example`: they are slow to make."""


def malformed_json(good: list[Any]) -> st.SearchStrategy[bytes]:
    """Files: malformed documents, good ones with their text spoiled, long numbers, any bytes."""
    return (
        malformed(good).map(lambda document: json.dumps(document).encode())
        | cut_text([json.dumps(one, indent=1) for one in good]).map(lambda text: text.encode("utf-8", "surrogatepass"))
        | st.sampled_from(['{"count": ' + "9" * 5000 + "}", "NaN", "1e999", '"\\ud800"']).map(str.encode)
        | st.binary(max_size=40)
    )
