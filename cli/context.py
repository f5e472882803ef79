"""The context of a verb: its parsed arguments, the console, and the settings and target that they name."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.places import OUTPUT
from errors import UsageError

if TYPE_CHECKING:
    from console import Console, Say
    from deployment.aws.target import Target
    from deployment.counter.command import CountPlace
    from settings import Settings
    from site_gen.pdf import ChromiumPrinter


@dataclass(frozen=True)
class Context:
    """The arguments and streams of one run. `console` prints to standard output, `stderr` to standard error; both add
    the target options to the commands in a line (next_command.py). parser: the parser of the arguments.
    """

    arguments: argparse.Namespace
    console: Console
    stderr: Console
    parser: argparse.ArgumentParser

    @property
    def say(self) -> Say:
        """Return the function that prints a line."""
        return self.console

    def settings(self) -> Settings:
        """Load the settings file given by --settings, with the words of its language.

        Raises SettingsError when it is missing or invalid.
        """
        from settings import load
        from site_gen.languages.words import in_its_language

        return in_its_language(load(self.arguments.settings))

    def account(self) -> tuple[Settings, Target]:
        """Return the settings of the environment given by --env, and the target of its stack.

        Raises as `unchecked_account`, UsageError for a Region that does not exist, and CredentialsError without
        credentials. A verb validates its other options before it calls this.
        """
        from deployment.aws.access import require_access

        settings, target = self.unchecked_account()
        require_access(target, os.environ)
        return settings, target

    def unchecked_account(self) -> tuple[Settings, Target]:
        """Return what `account` does, without checking the Region and the credentials.

        Raises SettingsError, and UsageError for an invalid environment name.
        """
        from deployment.operations.environments import in_environment

        settings = in_environment(self.settings(), self.arguments.env)
        return settings, self.target(settings)

    def target(self, settings: Settings) -> Target:
        """Return the target given by the options, or else by the settings and the environment variables."""
        from deployment.aws.target import Target

        endpoint_url = self.arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL")
        return Target(self.arguments.region or settings.stack.region, endpoint_url, self.arguments.profile)

    def count_place(self) -> CountPlace:
        """Return the location of the visitor count: the stack's table, or the one given by --table."""
        from deployment.counter.command import CountPlace

        return CountPlace(*self.account(), getattr(self.arguments, "table", None))

    def printer(self, say: Say | None = None) -> ChromiumPrinter:
        """Return the printer of resume.pdf. Without Chromium, it prints a note once."""
        from site_gen.pdf import ChromiumPrinter, find_chromium

        return ChromiumPrinter(OUTPUT / "pdf", find_chromium(), say or self.say)

    def confirm(self, question: str, wanted: str = "") -> bool:
        """Return True if the user answers yes, or types `wanted` if given. With --yes, return True without asking; if
        standard input is closed, return False.
        """
        return self.arguments.yes or self.console.confirm(question, wanted)


def can_print(text: str) -> bool:
    """Return True if standard output can encode `text`."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def require_posix(verb: str, platform: str = os.name) -> None:
    """Raise UsageError on Windows: the embedded cloud needs process groups and file locks, which only WSL has."""
    if platform == "nt":
        raise UsageError(verb, "does not run on Windows", "run it in WSL: https://aka.ms/wsl")
