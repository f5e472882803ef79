"""Scripts prepared for publication: with stylesheets and words, without comments and whitespace, with short names."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, Whitespace

from site_gen.languages.words import FALLBACK, words_of
from site_gen.pages.short_names import with_short_names
from site_gen.pages.styles import minified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPERATORS = "+-*/=<>&|!%^?."
INCLUDED = re.compile(r'"include ([\w./-]+\.css)"')
WORDS = re.compile(r'"include words (\w+)"')
KEY = re.compile(r'"([a-z_]+)":')
WITHOUT_SCRIPTS = "so_far"
"""A text of the page for readers whose browsers run no scripts."""


def ship_scripts(sources: Mapping[str, bytes], languages: Iterable[str] = (FALLBACK,)) -> dict[str, bytes]:
    """Return `sources` with the scripts prepared. A stylesheet that a script includes is not published separately.

    languages: those of the site, whose words a script that has `"include words NAME"` takes in; English always.
    """
    included: set[str] = set()

    def include(match: re.Match[str]) -> str:
        name = match[1]
        included.add(name)
        return json.dumps(minified(sources[name].decode()))

    def ready(script: str) -> str:
        return WORDS.sub(lambda match: _words(match[1], languages), INCLUDED.sub(include, script))

    shipped = {
        name: _shrunk(ready(content.decode())) if name.endswith(".js") else content for name, content in sources.items()
    }
    return {name: content for name, content in shipped.items() if name not in included}


def _words(part: str, languages: Iterable[str]) -> str:
    """Return the words of a part of the page as an object of JavaScript: language → key → text, or texts by category of
    the plural, of which those are left out that are like `other`. Left out are also texts that are like their key, and
    languages without words of their own."""
    shipped: dict[str, dict[str, str | dict[str, str]]] = {}
    for tag in (FALLBACK, *(tag for each in languages for tag in (each.split("-")[0], each))):
        texts = {key: _plural(text) for key, text in words_of(tag)[part].items() if key not in (text, WITHOUT_SCRIPTS)}
        if texts not in shipped.values():
            shipped[tag] = texts
    return KEY.sub(r"\1:", json.dumps(shipped, ensure_ascii=False, separators=(",", ":")))


def _plural(text: str | Mapping[str, str]) -> str | dict[str, str]:
    if isinstance(text, str):
        return text
    other = text["other"]
    different = {category: one for category, one in text.items() if one != other}
    return {**different, "other": other} if different else other


@lru_cache(maxsize=16)
def _shrunk(script: str) -> bytes:
    """Return the script as it is sent. Kept, because this takes 40 ms, about as long as the rest of a site."""
    return without_layout(with_short_names(script)).encode()


def without_layout(script: str) -> str:
    """Return the same tokens without comments, and without whitespace where it has no meaning.

    A line break is kept unless it is next to a character that cannot end a statement there, because JavaScript ends
    statements at line breaks.
    """
    pieces: list[str] = []
    blank = ""
    for kind, text in JavascriptLexer(stripnl=False, ensurenl=False).get_tokens(script):
        if kind in Whitespace or kind in Comment:
            blank = "\n" if "\n" in blank + text else " "
        elif text:
            if blank and pieces and _separates(blank, pieces[-1][-1], text[0]):
                pieces.append(blank)
            pieces.append(text)
            blank = ""
    return "".join(pieces)


def _separates(blank: str, before: str, after: str) -> bool:
    """Return True if the whitespace between these two characters has a meaning."""
    if "." in (before, after) and (before.isdigit() or after.isdigit()):  # 1 .a is not 1.a
        return True
    if blank == "\n" and not (before in OPERATORS and after in OPERATORS):
        return before not in "{;,([=:?&|>" and after not in "})];,.?:&|="
    if _in_a_word(before) and _in_a_word(after):
        return True
    if (before == "=" and after not in "=>") or before + after == "&!":
        return False
    return before in OPERATORS and after in OPERATORS


def _in_a_word(character: str) -> bool:
    return character.isalnum() or character in "_$#\\"
