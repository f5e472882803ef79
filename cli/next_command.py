"""The commands that messages suggest, with the target that this command was given.

A message says ``python3 build.py destroy --delete-data``. Somebody who ran `destroy` with ``--endpoint-url`` and copies
that would reach the real account, so whatever is printed passes through `NextCommands`.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.declaration import Verb, Verbs
from cli.options import ACCOUNT, SETTINGS

_COMMAND = re.compile(r"(?P<program>python3 build\.py )(?P<verb>[a-z]+)(?P<action> [a-z]+)?")


@dataclass(frozen=True)
class NextCommands:
    """given: option -> value, for the target options that the user passed. commands: name -> verb."""

    given: Mapping[str, str]
    commands: Mapping[str, Verb]

    @classmethod
    def of(cls, arguments: argparse.Namespace, verbs: Verbs) -> NextCommands:
        return cls(dict(_given(arguments)), dict(verbs.commands()))

    def complete(self, text: str) -> str:
        """`text` with the target options added to every command in it that takes them."""
        return _COMMAND.sub(self._completed, text) if self.given else text

    def reminder(self, text: str) -> str:
        """For an error whose text suggests no command that takes the target: the options to repeat, or ""."""
        named = set(text.split())  # an error about an option does not want that repeated
        target = frozenset(self.given) - {SETTINGS.names[0]} - named
        if not target or self.complete(text) != text:
            return ""
        return f"(repeat {self._options(target)} with it, as in this command)"

    def _completed(self, found: re.Match[str]) -> str:
        program, verb, action = found["program"], found["verb"], found["action"] or ""
        if verb + action in self.commands:
            named = verb + action
            rest = ""
        else:
            named, rest = verb, action
        command = self.commands.get(named)
        rest_of_line = found.string[found.end() :].partition("\n")[0]
        options = self._options(command.options - set(rest_of_line.split())) if command else ""
        return f"{program}{named}{' ' + options if options else ''}{rest}"

    def _options(self, taken: frozenset[str]) -> str:
        return " ".join(f"{name} {shlex.quote(value)}" for name, value in self.given.items() if name in taken)


def _given(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for option in ACCOUNT:
        name = option.names[0]
        value = getattr(arguments, name.strip("-").replace("-", "_"), None)
        if value and value != option.options.get("default"):
            yield name, str(value.resolve()) if isinstance(value, Path) else str(value)
