"""How a verb is declared: a function whose arguments stand in a decorator above it. A leaf: imports nothing of ours.

    @verb(*ACCOUNT, argument("--yes", action="store_true", help="do not ask"))
    def destroy(arguments): "What it does. And more about it."

The verb's name is the function's (an underscore shows as a hyphen), its help the first sentence of the docstring.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Run = Callable[[argparse.Namespace], None]


@dataclass(frozen=True)
class Argument:
    """What `ArgumentParser.add_argument` takes."""

    names: tuple[str, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Verb:
    run: Run
    arguments: tuple[Argument, ...]

    @property
    def name(self) -> str:
        return self.run.__name__.strip("_").replace("_", "-")

    @property
    def told(self) -> str:
        return self.run.__doc__ or ""


def argument(*names: str, **options: Any) -> Argument:
    return Argument(names, options)


def switch(name: str, told: str) -> Argument:
    """An option without a value."""
    return argument(name, action="store_true", help=told)


class Verbs(list[Verb]):
    """The verbs in the order in which they are declared, and so shown."""

    def __call__(self, *arguments: Argument) -> Callable[[Run], Run]:
        def declare(run: Run) -> Run:
            self.append(Verb(run, arguments))
            return run

        return declare


def parser(verbs: Iterable[Verb], *, description: str, epilog: str) -> argparse.ArgumentParser:
    """The command line: a subcommand a verb."""
    top = argparse.ArgumentParser(prog="build.py", description=description, epilog=epilog)
    subparsers = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in verbs:
        first_sentence = verb.told.partition(". ")[0].rstrip(".")
        command = subparsers.add_parser(verb.name, help=first_sentence, description=verb.told)
        command.set_defaults(run=verb.run)
        for one in verb.arguments:
            command.add_argument(*one.names, **one.options)
    return top
