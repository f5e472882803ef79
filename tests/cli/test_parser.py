"""The declaration of a verb defines its command: name, help, arguments."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cli.context import Context, require_posix
from cli.declaration import Verb, Verbs, argument, switch
from cli.parser import overview, parse, parser, require_known_verb
from cli.verbs import DESCRIPTION, FIRST_VERBS, VERBS
from errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_a_verb_is_declared_by_a_function_and_its_arguments() -> None:
    verbs = Verbs()

    @verbs(switch("--fast", "do not wait"), argument("name", nargs="?", default="you"))
    def greet_(context: Context) -> None:
        """Say hello. In one line."""

    built = parser(verbs, description="", epilog="", version="1")
    parsed = parse(verbs, ["greet", "--fast", "me"], built)
    assert (parsed.command.run, parsed.fast, parsed.name) == (greet_, True, "me")
    assert [(name, verb.description) for name, verb in verbs.commands()] == [("greet", "Say hello. In one line.")]


@pytest.mark.parametrize(
    ("words", "command"),
    [("count", "show"), ("count --table x", "show"), ("count set 5", "set"), ("count export f --rows", "export")],
)
def test_each_action_has_a_parser_and_one_is_the_default(words: str, command: str) -> None:
    built = parser(VERBS, description="", epilog="", version="1")
    assert parse(VERBS, words.split(), built).command.name == command


@pytest.mark.parametrize("words", ["count set 5 --rows", "count restore --table x", "count nonsense", "resume"])
def test_an_option_of_another_action_is_rejected(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(VERBS, words.split(), parser(VERBS, description="", epilog="", version="1"))
    assert "usage: build.py" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "verb"), list(VERBS.commands()))
def test_every_verb_and_argument_has_a_help_text(name: str, verb: Verb) -> None:
    assert verb.summary
    assert len(verb.summary) <= 120
    assert all(one.options.get("help") for one in verb.arguments)


@pytest.mark.parametrize(("mistyped", "meant"), [("depoly", "deploy"), ("lcoal", "local"), ("tests", "test")])
def test_a_mistyped_verb_gets_a_suggestion(mistyped: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {meant}"):
        require_known_verb(VERBS, [mistyped])


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--version"], ["local", "tests"]])
def test_other_errors_are_left_to_the_parser(arguments: list[str]) -> None:
    require_known_verb(VERBS, arguments)


def test_the_overview_lists_the_first_verbs_and_the_number_of_others() -> None:
    text = overview(VERBS, FIRST_VERBS, DESCRIPTION)
    assert [line.split()[2] for line in text.splitlines() if "python3 build.py" in line][:-1] == list(FIRST_VERBS)
    assert f"{len(VERBS) - len(FIRST_VERBS)} more" in text


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("option", ["--state", "--settings"])
def test_an_empty_path_is_rejected(option: str) -> None:
    """An unset shell variable expands to an empty argument."""
    refused = run("local", option, "", "--no-open")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"argument {option}: is empty: give a file or folder" in refused.stderr


def test_build_py_alone_prints_the_overview() -> None:
    alone = run()
    assert (alone.returncode, alone.stderr) == (0, "")
    assert alone.stdout.startswith(DESCRIPTION)


def test_a_mistyped_verb_is_one_error_without_a_traceback() -> None:
    mistyped = run("depoly")
    assert (mistyped.returncode, mistyped.stdout) == (2, "")
    assert mistyped.stderr.splitlines() == [
        "error: build.py: there is no verb 'depoly'",
        "  next: did you mean deploy? python3 build.py --help lists all",
    ]


def test_the_version_is_from_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert run("--version").stdout.startswith(f"{project['name']} {project['version']} (Python 3.")


@pytest.mark.parametrize("option", ["--state", "--settings"])
def test_an_empty_path_is_not_the_current_folder(option: str) -> None:
    """An unset shell variable expands to an empty argument."""
    refused = run("local", option, "", "--no-open")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"argument {option}: is empty: give a file or folder" in refused.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_has_every_verb(shell: str) -> None:
    script = run("completion", shell).stdout
    assert all(verb.name in script for verb in VERBS)


def test_the_bash_completion_is_valid() -> None:
    script = run("completion", "bash").stdout
    asked = f"{script}\nCOMP_WORDS=(build.py de); COMP_CWORD=1; _shtab_build_py; echo ${{COMPREPLY[@]}}"
    answer = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=False)
    assert answer.stdout.split() == ["deploy", "destroy"], answer.stderr


def test_local_on_windows_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match="WSL"):
        require_posix("local", "nt")
    require_posix("local", "posix")
