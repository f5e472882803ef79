"""Suggested commands in messages, completed with the target options of the current command.

A message suggests ``python3 build.py destroy --delete-data``. A user who ran `destroy` with ``--endpoint-url`` and
copies that command would reach the real account, so all output passes through `NextCommands`.
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
    """The target options to add. given: option -> value, as passed by the user. commands: name -> verb."""

    given: Mapping[str, str]
    commands: Mapping[str, Verb]

    @classmethod
    def of(cls, arguments: argparse.Namespace, verbs: Verbs) -> NextCommands:
        """Return the commands for the arguments that were given."""
        return cls(dict(_given(arguments)), dict(verbs.commands()))

    def complete(self, text: str) -> str:
        """Return `text` with the target options added to every command that accepts them."""
        return _COMMAND.sub(self._completed, text) if self.given else text

    def reminder(self, text: str) -> str:
        """Return a note about the options to repeat, if the error `text` suggests no command; else ""."""
        named = set(text.split())  # an option that the error itself is about is not repeated
        target = frozenset(self.given) - {SETTINGS.names[0]} - named
        if not target or self.complete(text) != text:
            return ""
        return f"(repeat {self._options(target)}, as in this command)"

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
