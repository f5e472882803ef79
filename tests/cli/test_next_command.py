"""Suggested commands keep the target options of the command that prints them."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.main import build_parser
from cli.next_command import NextCommands
from cli.parser import parse
from cli.places import ROOT
from cli.verbs import VERBS

EMULATOR = "--endpoint-url http://127.0.0.1:4566"


def commands(words: str) -> NextCommands:
    return NextCommands.of(parse(VERBS, words.split(), build_parser()), VERBS)


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("python3 build.py destroy --delete-data", f"python3 build.py destroy {EMULATOR} --delete-data"),
        ("python3 build.py count set 1234", f"python3 build.py count set {EMULATOR} 1234"),
        ("python3 build.py deploy", f"python3 build.py deploy {EMULATOR}"),
        ("python3 build.py logs says what failed", f"python3 build.py logs {EMULATOR} says what failed"),
        ("python3 build.py local (here)", "python3 build.py local (here)"),
        ("nothing to run", "nothing to run"),
    ],
)
def test_the_target_options_are_added_to_verbs_that_accept_them(text: str, completed: str) -> None:
    assert commands(f"destroy {EMULATOR}").complete(text) == completed


def test_without_a_target_nothing_is_added() -> None:
    assert commands("destroy --yes").complete("python3 build.py deploy") == "python3 build.py deploy"


def test_the_settings_file_is_added_by_its_absolute_path() -> None:
    text = commands("generate --settings settings.toml").complete("python3 build.py generate")
    assert text in ("python3 build.py generate", f"python3 build.py generate --settings {ROOT / 'settings.toml'}")
    other = Path("other.toml").resolve()
    assert commands("lint --settings other.toml").complete("python3 build.py local") == (
        f"python3 build.py local --settings {shlex.quote(str(other))}"
    )


def test_an_error_without_a_command_has_a_reminder_of_the_target_options() -> None:
    named = commands("deploy --env pr-1")
    assert named.reminder("someone else keeps changing it") == "(repeat --env pr-1, as in this command)"
    assert named.reminder("see python3 build.py status") == ""
    assert commands("deploy").reminder("anything") == ""
    assert named.reminder("--env pr-1: is not a valid name of an environment") == ""
    assert commands("lint --settings missing.toml").reminder("missing.toml: is not there") == ""


@given(
    st.text(min_size=1).filter(lambda text: not text.startswith("-")), st.sampled_from(sorted(dict(VERBS.commands())))
)
def test_added_options_parse_back_to_the_same_values(value: str, command: str) -> None:
    if "--env" not in dict(VERBS.commands())[command].options:
        return
    given_ = NextCommands.of(argparse.Namespace(env=value), VERBS)
    words = shlex.split(given_.complete(f"python3 build.py {command}"))
    assert words == ["python3", "build.py", *command.split(), "--env", value]


def test_options_in_the_message_are_not_added_again() -> None:
    text = "python3 build.py status --env pr-1 --json"
    assert commands("deploy --env pr-1").complete(text) == text
