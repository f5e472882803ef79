"""Scripts prepared for publication: stylesheets included, comments and whitespace removed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, Whitespace

from site_gen.pages.short_names import with_short_names
from site_gen.pages.styles import minified

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS = "+-*/=<>&|!%^?."
INCLUDED = re.compile(r'"include ([\w./-]+\.css)"')


def ship_scripts(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `sources` with the scripts prepared. A stylesheet that a script includes is not published separately."""
    included: set[str] = set()

    def include(match: re.Match[str]) -> str:
        name = match[1]
        included.add(name)
        return json.dumps(minified(sources[name].decode()))

    shipped = {
        name: _shrunk(INCLUDED.sub(include, content.decode())) if name.endswith(".js") else content
        for name, content in sources.items()
    }
    return {name: content for name, content in shipped.items() if name not in included}


def _shrunk(script: str) -> bytes:
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
        return before not in "{;,([=:?&|" and after not in "})];,.?:&|="
    if _in_a_word(before) and _in_a_word(after):
        return True
    return before in OPERATORS and after in OPERATORS and not (before == "=" and after not in "=>")


def _in_a_word(character: str) -> bool:
    return character.isalnum() or character in "_$#\\"
