"""Declarations of verbs: a function, with its arguments in a decorator.

    VERBS = Verbs()

    @VERBS(*ACCOUNT, switch("--yes", "do not ask"))
    def destroy(context): "Delete the stack. Data is kept unless --delete-data is given."

The verb's name is the function's name without a trailing underscore. The first sentence of the docstring is the
summary, the whole docstring the description. A verb with actions (`count set`, `count export`) is a group:

    COUNT = VERBS.group("count", "Show or change the visitor count.", default="show")

    @COUNT(*ACCOUNT)
    def show(context): "Show the visitor count."
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.context import Context

Run = Callable[["Context"], None]


@dataclass(frozen=True)
class Argument:
    """The parameters of `ArgumentParser.add_argument`."""

    names: tuple[str, ...]
    options: Mapping[str, Any]


def path(text: str) -> Path:
    """Parse a path argument. Raises ArgumentTypeError for an empty string, which `Path` reads as the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("is empty: give a file or folder")
    return Path(text)


def argument(*names: str, **options: Any) -> Argument:
    """Return an argument. names, options: as in `ArgumentParser.add_argument`."""
    return Argument(names, options)


def switch(name: str, help_text: str) -> Argument:
    """Declare an option without a value."""
    return argument(name, action="store_true", help=help_text)


@dataclass(frozen=True)
class Verb:
    """A command. requirements: the name of the lock file to install before it runs (see `bootstrap.ensure`)."""

    run: Run
    arguments: tuple[Argument, ...]
    requirements: str = "run"

    @property
    def name(self) -> str:
        """Return the name of the verb, that of its function."""
        return self.run.__name__.strip("_")

    @property
    def description(self) -> str:
        """Return the help of the verb, the docstring of its function."""
        return self.run.__doc__ or ""

    @property
    def summary(self) -> str:
        """Return the first sentence of the description."""
        return self.description.partition(". ")[0].rstrip(".")

    @property
    def options(self) -> frozenset[str]:
        """Return the names of the arguments, such as `--env`."""
        return frozenset(name for one in self.arguments for name in one.names)


@dataclass(frozen=True)
class Group:
    """A verb with actions. default: the action to run when none is given; "" if an action is required."""

    name: str
    description: str
    default: str = ""
    actions: list[Verb] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Return the first sentence of the help, without the period."""
        return self.description.partition(". ")[0].rstrip(".")

    def __call__(self, *arguments: Argument, requirements: str = "run") -> Callable[[Run], Run]:
        return _adding_to(self.actions, arguments, requirements)


class Verbs(list["Verb | Group"]):
    """Verbs and groups in the order of their declaration, which is also the order in `--help`."""

    def __call__(self, *arguments: Argument, requirements: str = "run") -> Callable[[Run], Run]:
        return _adding_to(self, arguments, requirements)

    def group(self, name: str, description: str, *, default: str = "") -> Group:
        """Add a group of actions and return it. default: the action without a name, empty if one is required."""
        group = Group(name, description, default)
        self.append(group)
        return group

    def commands(self) -> Iterator[tuple[str, Verb]]:
        """Yield every command with its name, such as ``count set``."""
        for one in self:
            if isinstance(one, Group):
                yield from ((f"{one.name} {action.name}", action) for action in one.actions)
            else:
                yield one.name, one


def _adding_to(verbs: list[Any], arguments: tuple[Argument, ...], requirements: str) -> Callable[[Run], Run]:
    def declare(run: Run) -> Run:
        verbs.append(Verb(run, arguments, requirements))
        return run

    return declare
