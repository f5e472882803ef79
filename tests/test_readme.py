"""The README is correct: its commands run, its tables are complete, its pictures and links exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import build_parser
from cli.parser import parse
from cli.verbs import VERBS
from scanners.checkout import files_of

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text()
COMMANDS = sorted(set(re.findall(r"^\$ (python3 build\.py [^#\n]*?)\s*(?:#.*)?$", TEXT, re.MULTILINE)))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "build.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_readme_has_the_two_commands_that_do_everything() -> None:
    assert {"python3 build.py local", "python3 build.py test"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shown_is_valid(command: str) -> None:
    """The slow ones run elsewhere: `local` in tests/integration, `deploy` in tests/deployment."""
    parse(VERBS, command.split()[2:], build_parser())
    helped = run(*command.split()[2:], "--help")
    assert helped.returncode == 0
    assert "usage: build.py" in helped.stdout


@pytest.mark.parametrize(
    ("verb", "shown"),
    [("generate", "wrote .*template.json"), ("package", "wrote .*router.zip.*sha256 [0-9a-f]{64}"), ("lint", "clean")],
)
def test_the_short_commands_do_what_the_readme_says(verb: str, shown: str) -> None:
    result = run(verb)
    assert result.returncode == 0, result.stderr
    assert re.search(shown, result.stdout)


def test_the_number_of_packages_shown_is_the_locks() -> None:
    pins = re.findall(r"^[\w.-]+==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    assert f"installing {len(pins)} pinned packages into .venv" in TEXT


def test_every_verb_and_option_is_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)`[^|]* \| (.+) \|$", TEXT, re.MULTILINE))
    verbs = {verb.name for verb in VERBS}
    assert verbs <= rows.keys()
    for option in re.findall(r"--[a-z-]+", rows["local"] + rows["deploy"]):
        verb = "local" if option in rows["local"] else "deploy"
        assert option in run(verb, "--help").stdout


def test_every_folder_of_the_tree_exists_and_none_is_missing() -> None:
    tree = TEXT.split("## Project layout")[1].split("```")[1]
    named = set(re.findall(r"^([\w.]+)/? ", tree, re.MULTILINE))
    folders = {path.split("/")[0] for path in files_of(ROOT, "*") if "/" in path and not path.startswith(".")}
    assert folders - {"docs", "requirements"} <= named
    assert {name for name in named if name != "output" and not (ROOT / name).exists()} == set()


def test_every_local_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", TEXT):
        assert (ROOT / target).exists(), target
