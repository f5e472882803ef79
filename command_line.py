"""How a verb is declared: a function whose arguments stand in a decorator above it. It imports only the
error tree of ours.

    @verb(*ACCOUNT, argument("--yes", action="store_true", help="do not ask"))
    def destroy(arguments): "What it does. And more about it."

The verb's name is the function's (an underscore shows as a hyphen), its help the first sentence of the docstring.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import UsageError

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
    def description(self) -> str:
        return self.run.__doc__ or ""

    @property
    def summary(self) -> str:
        """The first sentence of the description."""
        return self.description.partition(". ")[0].rstrip(".")


def path(text: str) -> Path:
    """A type of arguments. `Path` itself takes an empty text for the folder where one stands."""
    if not text:
        raise argparse.ArgumentTypeError("names no file or folder")
    return Path(text)


def argument(*names: str, **options: Any) -> Argument:
    return Argument(names, options)


def switch(name: str, help_text: str) -> Argument:
    """An option without a value."""
    return argument(name, action="store_true", help=help_text)


class Verbs(list[Verb]):
    """The verbs in the order in which they are declared, and so shown."""

    def __call__(self, *arguments: Argument) -> Callable[[Run], Run]:
        def declare(run: Run) -> Run:
            self.append(Verb(run, arguments))
            return run

        return declare


def parser(verbs: Iterable[Verb], *, description: str, epilog: str, version: str) -> argparse.ArgumentParser:
    """The command line: a subcommand for each verb."""
    top = argparse.ArgumentParser(prog="build.py", description=description, epilog=epilog)
    top.add_argument("--version", action="version", version=version)
    subparsers = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in verbs:
        command = subparsers.add_parser(verb.name, help=verb.summary, description=verb.description)
        command.set_defaults(run=verb.run)
        for one in verb.arguments:
            command.add_argument(*one.names, **one.options)
    return top


def require_known_verb(verbs: Iterable[Verb], arguments: Sequence[str]) -> None:
    """Raises UsageError, with the nearest verb, when the first of `arguments` is to be a verb and is none."""
    known = [verb.name for verb in verbs]
    if not arguments or arguments[0].startswith("-") or arguments[0] in known:
        return
    nearest = difflib.get_close_matches(arguments[0], known, 1)
    raise UsageError(
        "build.py",
        f"there is no verb {arguments[0]!r}",
        f"did you mean {nearest[0]}? python3 build.py --help lists all" if nearest else "python3 build.py --help",
    )


def overview(verbs: Iterable[Verb], shown: Sequence[str], introduction: str) -> str:
    """What a first look needs: the introduction, the verbs `shown` with their summaries, and where the rest is."""
    summaries = {verb.name: verb.summary for verb in verbs}
    width = max(map(len, shown))
    lines = [f"  python3 build.py {name:<{width}}   {summaries[name]}" for name in shown]
    rest = len(summaries) - len(shown)
    return "\n".join([introduction, "", *lines, "", f"{rest} more, and all options: python3 build.py --help"])
