"""The entry point: parse the command line and run the verb. The only module that prints errors and exits."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tomllib
import traceback

import bootstrap
from cli import parser
from cli.context import Context
from cli.next_command import NextCommands
from cli.places import OUTPUT, ROOT
from cli.verbs import DESCRIPTION, FIRST_VERBS, VERBS
from console import Console
from errors import ProjectError


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    return parser.parser(
        VERBS,
        description=DESCRIPTION,
        epilog="Start with `build.py local`. Settings are in settings.toml, the résumé in site/resume.json.",
        version=_version(),
    )


def main() -> None:
    """Run the verb given on the command line. Raises SystemExit with the exit code of an error."""
    commands = NextCommands({}, {})
    try:
        words = sys.argv[1:]
        if not words:
            print(parser.overview(VERBS, FIRST_VERBS, DESCRIPTION), flush=True)
            return
        parser.require_known_verb(VERBS, words)
        built = build_parser()
        arguments = parser.parse(VERBS, words, built)
        commands = NextCommands.of(arguments, VERBS)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        console = Console(edit=commands.complete)
        bootstrap.ensure(arguments.command.requirements, console)
        arguments.command.run(Context(arguments, console, Console(sys.stderr, edit=commands.complete), built))
    except ProjectError as error:
        _print_error(error, commands)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        print("interrupted: run the same command again to resume", file=sys.stderr)
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except Exception as error:  # noqa: BLE001 - the last resort: print a sentence for the user and log the traceback
        raise SystemExit(_report_bug(error)) from None


def _print_error(error: ProjectError, commands: NextCommands) -> None:
    print(f"error: {commands.complete(str(error))}", file=sys.stderr)
    if reminder := commands.reminder(str(error)):
        print(f"  {reminder}", file=sys.stderr)


def _version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return f"{project['name']} {project['version']} (Python {sys.version.split()[0]})"


def _report_bug(error: Exception) -> int:
    log = OUTPUT / "error.log"
    try:
        OUTPUT.mkdir(exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        where = f"report it with {log}"
    except OSError:
        where = "report it with the command you ran"
    print(f"error: build.py: {type(error).__name__}: {error}\n  next: this is a bug; {where}", file=sys.stderr)
    return 70
