"""Malformed documents: JSON of any shape, and good documents with a few places spoiled.

Hypothesis draws one number for an input, and the input is made from that: its bookkeeping of every further choice
cost a hundred times what most inputs cost to make and to try, and grew with the number of inputs. It still counts them,
tries none twice, and keeps the one that failed; only to make it smaller is left to the reader.
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
"""Part of every text that is put into an event: what no log may hold."""

KNOWN_TEXTS = ("", SECRET, "\ud800" + SECRET, "\x00" + SECRET, SECRET * 500, "9" * 5000)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63, -(10**20), 0.0, -0.0, 5e-324, 1e308, math.inf, -math.inf, math.nan)
NARROW_ALPHABETS = (
    "abcXYZ019",
    " \t\r\n\x00\x1b\x7f\x85",
    "\"'\\/[]{}(),:;=.#%&<>-_+*$@",
    "äßéñ¿\u0301\u202e\u2028\ufeff",
)
FIRST_SURROGATE, SURROGATES, CODE_POINTS = 0xD800, 0x800, 0x110000
DEEPEST = 3


def inputs(
    make: Callable[Concatenate[random.Random, P], T], *arguments: P.args, **named: P.kwargs
) -> st.SearchStrategy[T]:
    """What `make` makes, of another source of chance each time."""

    def made(seed: int) -> T:
        return make(random.Random(seed), *arguments, **named)  # noqa: S311 - it only chooses what is tried

    return st.integers(0, 2**64 - 1).map(made)


def text(chance: random.Random, longest: int = 30) -> str:
    """Of one narrow alphabet or of all of Unicode, but without surrogates, which no JSON that is UTF-8 can bring."""
    length = chance.randint(0, longest)
    if chance.random() < 0.7:
        return "".join(chance.choices(chance.choice(NARROW_ALPHABETS), k=length))
    points = (chance.randrange(CODE_POINTS - SURROGATES) for _ in range(length))
    return "".join(chr(point + SURROGATES * (point >= FIRST_SURROGATE)) for point in points)


def visitor_text(chance: random.Random) -> str:
    return chance.choice(["", SECRET]) + text(chance)


def scalar(chance: random.Random) -> Any:
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
    """Any JSON, a few levels deep."""
    if depth == DEEPEST or chance.random() < 0.6:
        return scalar(chance)
    inner = [value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return inner if chance.random() < 0.5 else {text(chance, 8): one for one in inner}


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside `document`."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [found for key, value in inside for found in ((*path, key), *places(value, (*path, key)))]


def spoiled(chance: random.Random, good: Sequence[Any]) -> Any:
    """One of `good`, with one to four of its values replaced or gone."""
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
    return value(chance) if chance.random() < 0.3 else spoiled(chance, good)


def cut_text(chance: random.Random, good: Sequence[str]) -> str:
    """One of `good` with up to three of its parts cut out, doubled or overwritten."""
    cut = chance.choice(good)
    for _ in range(chance.randint(1, 3)):
        start = chance.randint(0, len(cut))
        end = min(len(cut), start + chance.randint(0, 40))
        cut = cut[:start] + chance.choice(["", cut[start:end] * 2, text(chance, 8)]) + cut[end:]
    return cut


NESTED = ("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000)
"""Tried once each, by `@example`: they are slow to make."""
LONG_NUMBERS = ('{"count": ' + "9" * 5000 + "}", "NaN", "1e999", '"\\ud800"')


def malformed_json(chance: random.Random, good: Sequence[Any]) -> bytes:
    """Files: malformed documents, good ones with their text spoiled, long numbers, any bytes."""
    kind = chance.random()
    if kind < 0.5:
        return json.dumps(malformed(chance, good)).encode()
    if kind < 0.9:
        return cut_text(chance, [json.dumps(one, indent=1) for one in good]).encode("utf-8", "surrogatepass")
    return chance.choice(LONG_NUMBERS).encode() if kind < 0.93 else chance.randbytes(chance.randint(0, 40))
