"""Generators of malformed documents: arbitrary JSON, and valid documents with a few modified values.

Hypothesis draws a single seed, from which an input is generated. Drawing every choice with Hypothesis cost a hundred
times as much as generating and testing most inputs, and the cost grew with the number of inputs. Hypothesis still
counts the inputs, avoids duplicates and stores failures, but cannot shrink them.
"""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from hypothesis import strategies as st

P = ParamSpec("P")
T = TypeVar("T")

SECRET = "visitor-7Qx"
"""A part of every generated text. No log may contain it."""

KNOWN_TEXTS = ("", SECRET, "\ud800" + SECRET, "\x00" + SECRET, SECRET * 500, "9" * 5000)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63, -(10**20), 0.0, -0.0, 5e-324, 1e308, math.inf, -math.inf, math.nan)
NARROW_ALPHABETS = (
    "abcXYZ019",
    " \t\r\n\x00\x1b\x7f\x85",
    "\"'\\/[]{}(),:;=.#%&<>-_+*$@",
    "äßéñ¿\u0301\u202e\u2028\ufeff",
)
FIRST_SURROGATE, SURROGATES, CODE_POINTS = 0xD800, 0x800, 0x110000
MAX_DEPTH = 3


def inputs(
    make: Callable[Concatenate[random.Random, P], T], *arguments: P.args, **named: P.kwargs
) -> st.SearchStrategy[T]:
    """Return a strategy that calls `make` with a new random source."""

    def made(seed: int) -> T:
        return make(random.Random(seed), *arguments, **named)  # noqa: S311 - chooses test inputs

    return st.integers(0, 2**64 - 1).map(made)


def text(chance: random.Random, longest: int = 30) -> str:
    """Return text from a narrow alphabet or from all of Unicode, without surrogates, which UTF-8 cannot encode."""
    length = chance.randint(0, longest)
    if chance.random() < 0.7:
        return "".join(chance.choices(chance.choice(NARROW_ALPHABETS), k=length))
    points = (chance.randrange(CODE_POINTS - SURROGATES) for _ in range(length))
    return "".join(chr(point + SURROGATES * (point >= FIRST_SURROGATE)) for point in points)


def visitor_text(chance: random.Random) -> str:
    """Return text, with the secret in half of the cases."""
    return chance.choice(["", SECRET]) + text(chance)


def scalar(chance: random.Random) -> Any:
    """Return a JSON value without children."""
    make: Callable[[], Any] = chance.choice(
        [
            lambda: None,
            lambda: chance.random() < 0.5,
            lambda: chance.choice(NUMBERS),
            lambda: chance.randint(-(10**20), 10**20),
            lambda: visitor_text(chance),
            lambda: chance.choice(KNOWN_TEXTS),
        ]
    )
    return make()


def value(chance: random.Random, depth: int = 0) -> Any:
    """Return any JSON value, a few levels deep."""
    if depth == MAX_DEPTH or chance.random() < 0.6:
        return scalar(chance)
    inner = [value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return inner if chance.random() < 0.5 else {text(chance, 8): one for one in inner}


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a document."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [found for key, value in inside for found in ((*path, key), *places(value, (*path, key)))]


def mutated(chance: random.Random, good: Sequence[Any]) -> Any:
    """Return one of the valid documents with one to four values replaced or removed."""
    document = copy.deepcopy(chance.choice(good))
    for _ in range(chance.randint(1, 4)):
        if not (known := places(document)):
            break
        *path, last = chance.choice(known)
        holder = document
        for key in path:
            holder = holder[key]
        if chance.random() < 0.5 and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = value(chance)
    return document


def malformed(chance: random.Random, good: Sequence[Any]) -> Any:
    """Return arbitrary JSON, or a modified valid document."""
    return value(chance) if chance.random() < 0.3 else mutated(chance, good)


def cut_text(chance: random.Random, good: Sequence[str]) -> str:
    """Return one of the valid texts with up to three parts removed, doubled or overwritten."""
    cut = chance.choice(good)
    for _ in range(chance.randint(1, 3)):
        start = chance.randint(0, len(cut))
        end = min(len(cut), start + chance.randint(0, 40))
        cut = cut[:start] + chance.choice(["", cut[start:end] * 2, text(chance, 8)]) + cut[end:]
    return cut


NESTED = ("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000)
"""Deeply nested JSON, used by `@example` only, since it is slow to generate."""
LONG_NUMBERS = ('{"count": ' + "9" * 5000 + "}", "NaN", "1e999", '"\\ud800"')


def malformed_json(chance: random.Random, good: Sequence[Any]) -> bytes:
    """Return a file: a malformed document, a corrupted valid one, a long number, or arbitrary bytes."""
    kind = chance.random()
    if kind < 0.5:
        return json.dumps(malformed(chance, good)).encode()
    if kind < 0.9:
        return cut_text(chance, [json.dumps(one, indent=1) for one in good]).encode("utf-8", "surrogatepass")
    return chance.choice(LONG_NUMBERS).encode() if kind < 0.93 else chance.randbytes(chance.randint(0, 40))
