"""What a verb runs with: its arguments, the console, and ways to what they name."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.places import OUTPUT
from errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from console import Console
    from deployment.aws.target import Target
    from deployment.counter.command import CountPlace
    from settings import Settings
    from site_gen.pdf import ChromiumPrinter


@dataclass(frozen=True)
class Context:
    """say prints a line on standard output, complain on standard error; both complete the commands in it.
    parser: what parsed the arguments.
    """

    arguments: argparse.Namespace
    console: Console
    complain: Callable[[str], None]
    parser: argparse.ArgumentParser

    @property
    def say(self) -> Callable[[str], None]:
        return self.console

    def settings(self) -> Settings:
        """The settings file that was named. Raises SettingsError."""
        from settings import load

        return load(self.arguments.settings)

    def account(self) -> tuple[Settings, Target]:
        """The settings of the environment that was named, and where its stack is. Raises SettingsError, UsageError."""
        from deployment.aws.target import Target
        from deployment.operations.environments import in_environment

        settings = in_environment(self.settings(), self.arguments.env)
        endpoint_url = self.arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL")
        return settings, Target(self.arguments.region or settings.stack.region, endpoint_url, self.arguments.profile)

    def count_place(self) -> CountPlace:
        """Where the visitor count is: in the stack's table, or in the one that was named."""
        from deployment.counter.command import CountPlace

        return CountPlace(*self.account(), getattr(self.arguments, "table", None))

    def printer(self, say: Callable[[str], None] | None = None) -> ChromiumPrinter:
        """What prints resume.pdf; without a Chromium it says so, once."""
        from site_gen.pdf import ChromiumPrinter, find_chromium

        return ChromiumPrinter(OUTPUT / "pdf", find_chromium(), say or self.say)

    def confirm(self, question: str, wanted: str = "") -> bool:
        """The answer to a question of yes or no, or whether it is `wanted`. True unasked with --yes; False when there
        is nobody to answer.
        """
        return self.arguments.yes or self.console.confirm(question, wanted)


def can_print(text: str) -> bool:
    """Whether the encoding of standard output has every character of `text`."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def require_posix(verb: str, platform: str = os.name) -> None:
    """Raises UsageError on Windows, which has the process groups and file locks of the embedded cloud only in WSL."""
    if platform == "nt":
        raise UsageError(verb, "does not run on Windows itself", "run it in WSL: https://aka.ms/wsl")
