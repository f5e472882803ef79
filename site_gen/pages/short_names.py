"""Short names for what nothing outside of a script can refer to, so that fewer bytes are sent.

In every script: private names (`this.#socket`). In a script that is one block, `{ … }`, from which nothing can be used
elsewhere: also variables and parameters, those of `const`, `let`, arrow functions and methods. A name that is also a
key of an object or a member of a class stays as it is. What is constant was checked when it was written: `let` is
shorter, and one is enough for declarations that follow each other.

What is sent is compressed, so repetitions matter more than lengths: the smallest scopes choose first, so that their
parameters have the same names everywhere, and they choose the letters that the script has most.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, String, Whitespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

USED = re.compile(r"\.#(\w+)")
PRIVATE = re.compile(r"(\.|^\s*)#(\w+)", re.MULTILINE)
WORD = re.compile(r"[A-Za-z_]\w*")
OPENING, CLOSING = ("(", "[", "{", "${"), (")", "]", "}")
NO_METHODS = {"if", "for", "while", "switch", "catch", "with", "function"}
"""Words before `(…) {` that begin no method."""

BEFORE_BLOCKS = {"", "=>", ")", ";", "{", "}", "else", "try", "catch", "finally", "do"}
"""What stands before a bracket that opens a block, and no object."""

DECLARING = ("const", "let")


def with_short_names(script: str) -> str:
    """Return the same program with short names."""
    declared = {name for before, name in PRIVATE.findall(script) if before != "."}
    private = _letters(name for name in USED.findall(script) if name in declared)
    script = PRIVATE.sub(lambda match: f"{match[1]}#{private.get(match[2], match[2])}", script)
    tokens = _tokens(script)
    return _renamed(script, tokens) if is_block(tokens) else script


def _letters(names: Iterable[str]) -> dict[str, str]:
    """Return name → letter."""
    return dict(zip(sorted(set(names)), string.ascii_letters, strict=False))


@dataclass(frozen=True)
class Token:
    """A token that has a meaning. start: its position in the script. is_code: it is no part of a string."""

    text: str
    start: int
    is_code: bool

    @property
    def is_word(self) -> bool:
        return self.is_code and bool(WORD.fullmatch(self.text))


def _tokens(script: str) -> list[Token]:
    """Return the tokens of the script, but whitespace and comments."""
    tokens, start = [], 0
    for kind, text in JavascriptLexer(stripnl=False, ensurenl=False).get_tokens(script):
        if text.strip() and kind not in Whitespace and kind not in Comment:
            tokens.append(Token(text, start, kind not in String or kind in String.Interpol))
        start += len(text)
    return tokens


def is_block(tokens: list[Token]) -> bool:
    """Return True if the whole script is one block."""
    return bool(tokens) and tokens[0].text == "{" and _Program(tokens).ends.get(0) == len(tokens) - 1


@dataclass(frozen=True)
class Scope:
    """Where a name is known: the indices of its first and its last token."""

    first: int
    last: int

    def __contains__(self, index: int) -> bool:
        return self.first <= index <= self.last


@dataclass(frozen=True)
class _Program:
    """The structure of a script, as far as names need it."""

    tokens: list[Token]

    def text(self, index: int) -> str:
        """Return the text of a token; nothing beyond both ends, and for a part of a string."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) and self.tokens[index].is_code else ""

    @cached_property
    def ends(self) -> dict[int, int]:
        """Return opening bracket → closing bracket."""
        pairs, around = {}, []
        for index in range(len(self.tokens)):
            if self.text(index) in OPENING:
                around.append(index)
            elif self.text(index) in CLOSING and around:
                pairs[around.pop()] = index
        return pairs

    @cached_property
    def words(self) -> list[int]:
        """Return the words that may be names of variables."""
        return [index for index, token in enumerate(self.tokens) if token.is_word and self.text(index - 1) != "."]

    @cached_property
    def declared(self) -> set[tuple[Scope, str]]:
        """Return each name with its scope."""
        blocks = [Scope(first, last) for first, last in self.ends.items() if self.text(first) == "{"]
        found = set(self._parameters())
        for index in self._variables():
            around = [block for block in blocks if index in block]
            found.add((min(around, key=_size), self.text(index)))
        return found

    def _variables(self) -> Iterator[int]:
        """Yield the names that `const a = 1, b` and `let [a, b]` declare."""
        for index in self.words:
            if self.text(index) in DECLARING:
                for first, last in self._declared_by(index):
                    if self.text(first) != "{":
                        yield from (each for each in range(first, last + 1) if self.tokens[each].is_word)

    def _declared_by(self, index: int) -> Iterator[tuple[int, int]]:
        """Yield the names and patterns of a declaration: (first token, last token). index: of `const` or `let`."""
        comma = index
        while comma == index or self.text(comma) == ",":
            first = comma + 1
            last = self.ends.get(first, first)
            yield first, last
            comma = self._end_of_declared(last) + 1

    def _end_of_declared(self, index: int) -> int:
        """Return the last token of the value of a name or a pattern that ends at `index`, or `index`."""
        return self._end_of_expression(index + 2) if self.text(index + 1) == "=" else index

    @cached_property
    def continued(self) -> set[int]:
        """Return the `const` and `let` that directly follow another declaration."""
        declaring = {index for index in self.words if self.text(index) in DECLARING}
        ends = {self._end_of_declared(last) for index in declaring for _, last in self._declared_by(index)}
        return {index for index in declaring if self.text(index - 1) == ";" and index - 2 in ends}

    def _parameters(self) -> Iterator[tuple[Scope, str]]:
        """Yield the parameters of arrow functions and methods, which are known until the end of the body."""
        if_alone = ((index, index) for index in self.words if self.text(index + 1) == "=>")
        for first, last in (*if_alone, *self.ends.items()):
            is_method = self.text(last + 1) == "{" and self.text(first - 1) not in NO_METHODS
            if self.text(last + 1) == "=>" or (self.text(first) == "(" and is_method):
                scope = Scope(first, self._end_of_body(last + 1))
                yield from ((scope, self.text(index)) for index in self._listed(first, last))

    def _listed(self, first: int, last: int) -> Iterator[int]:
        """Yield the names in a list of parameters, without those within patterns and default values."""
        index = first + (first < last)
        while index <= last:
            if self.tokens[index].is_word and (first == last or self.text(index - 1) in ("(", ",", "...")):
                yield index
            index = self.ends.get(index, index) + 1

    def _end_of_body(self, index: int) -> int:
        """Return the end of a function's body. index: of `=>`, or of the bracket that opens the body."""
        index += self.text(index) == "=>"
        return self.ends[index] if self.text(index) == "{" else self._end_of_expression(index)

    def _end_of_expression(self, index: int) -> int:
        """Return the last token of the expression that begins at `index`."""
        while self.text(index) not in (",", ";", *CLOSING) and index < len(self.tokens):
            index = self.ends.get(index, index) + 1
        return index - 1

    @cached_property
    def needless(self) -> set[int]:
        """Return the semicolons before `}`, without those that are statements: `for (…);` and `else;`."""
        starts = {last: first for first, last in self.ends.items()}
        before = {index - 1 for index in self.ends.values() if self.text(index - 1) == ";" and self.text(index) == "}"}
        empty = {index for index in before if self.text(starts.get(index - 1, 0) - 1) in NO_METHODS}
        return {index for index in before - empty if self.text(index - 1) != "else"}

    @cached_property
    def members(self) -> set[str]:
        """Return the words that are also keys of an object, members of a class or names of methods."""
        found = set()
        around: list[str] = [""]
        for index in range(len(self.tokens)):
            around = around[:-1] if self.text(index) in CLOSING else around
            is_key = around[-1] == "object" and self.text(index - 1) in ("{", ",")
            is_method = self.text(self.ends.get(index + 1, index) + 1) == "{"
            if is_key or is_method or around[-1] == "class":
                found.add(self.text(index))
            if self.text(index) in OPENING:
                around = [*around, self._kind(index)]
        return found

    def _kind(self, index: int) -> str:
        """Return what a bracket opens: the body of a class, a block, an object or a pattern of one, or other things."""
        if self.text(index) != "{":
            return ""
        if "class" in [self.text(each) for each in range(max(0, index - 4), index)]:
            return "class"
        return "block" if self.text(index - 1) in BEFORE_BLOCKS else "object"


def _size(scope: Scope) -> int:
    return scope.last - scope.first


def _renamed(script: str, tokens: list[Token]) -> str:
    """Return the script with a letter for each variable and parameter that is certainly nothing else."""
    program = _Program(tokens)
    places = _places(program)
    renamed = {index for found in places.values() for index in found}
    taken = {token.text for index, token in enumerate(tokens) if index not in renamed}
    free = list(_free(script))
    letters: dict[tuple[Scope, str], str] = {}
    for own in sorted(places, key=lambda each: (_size(each[0]), -len(places[each]), each[0].first, each[1])):
        used = {letter for other, letter in letters.items() if _meet(other[0], own[0], places[own])}
        letters[own] = next(name for name in free if name not in used and name not in taken)
    new = {index: letters[own] for own, found in places.items() for index in found}
    new |= {index: "let" for index in program.words if program.text(index) == "const"}
    for index in program.continued:
        new |= {index - 1: ",", index: ""}
    new |= dict.fromkeys(program.needless, "")
    pieces, done = [], 0
    for index, text in sorted(new.items()):
        pieces += [script[done : tokens[index].start], text]
        done = tokens[index].start + len(tokens[index].text)
    return "".join([*pieces, script[done:]])


def _places(program: _Program) -> dict[tuple[Scope, str], list[int]]:
    """Return for each name of a scope where it stands."""
    places: dict[tuple[Scope, str], list[int]] = {}
    for index in program.words:
        name = program.text(index)
        scopes = [scope for scope, declared in program.declared if declared == name and index in scope]
        if scopes and name not in program.members:
            places.setdefault((min(scopes, key=_size), name), []).append(index)
    return places


def _meet(own: Scope, other: Scope, places: list[int]) -> bool:
    """Return True if two names must differ: that of the outer or same scope `other` stands in `own`."""
    return own == other or any(index in own for index in places)


def _free(script: str) -> Iterator[str]:
    letters = sorted(string.ascii_letters, key=lambda letter: (-script.count(letter), letter))
    yield from letters
    yield from (first + second for first in letters for second in letters)
