"""The verb `init`: asks for the main settings and writes the answers to settings.toml.

A question shows the present value, which an empty answer keeps. After an invalid answer it is repeated with the reason.
Only changed values are written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console import Say
from deployment.operations.settings_file import read_table, value_of, write_values
from errors import SettingsError, UsageError
from settings import RULES, validate

Ask = Callable[[str], str]
"""Prints the question and returns the answer. Raises EOFError when standard input is closed."""

NONE = "-"
"""The answer that clears a setting."""

TRIES = 5


@dataclass(frozen=True)
class Question:
    """A question. flag: the option that answers it."""

    key: str
    flag: str
    text: str
    may_be_empty: bool = True


QUESTIONS = (
    Question("stack.name", "--name", "Name of the stack, and the prefix of everything in it", may_be_empty=False),
    Question("stack.region", "--region", "AWS Region, such as eu-central-1 (none: the one in your AWS configuration)"),
    Question("domain.name", "--domain", "Custom domain, such as cv.example.com (none: the domain name of CloudFront)"),
    Question("domain.hosted_zone", "--hosted-zone", "ID of its Route 53 hosted zone (none: DNS is elsewhere)"),
    Question("alerts.email", "--email", "E-mail address for alarms (none: no alarms)"),
)


def init(path: Path, given: Mapping[str, str | None], ask: Ask | None, say: Say) -> None:
    """Ask the questions and write the answers. given: answers by key, None for none. ask: None to ask nothing.

    Raises SettingsError for an invalid answer, and UsageError when standard input is closed before the last question.
    """
    _, table = read_table(path)
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        present = str(value_of(table, question.key) or RULES[question.key].default)
        if (answer := given.get(question.key)) is None:
            if question.key == "domain.hosted_zone" and not answers["domain.name"]:
                answers[question.key] = ""
                continue
            answer = present if ask is None else _ask_until_valid(question, present, ask, say)
        elif problem := _problem(question, answer):
            raise SettingsError(
                f"{question.flag} {answer!r}", f"is invalid; allowed: {problem}", "correct it and run init again"
            )
        answers[question.key] = answer
    changes = _changes(table, answers)
    _check(table, changes, path)
    write_values(path, changes)
    _print_changes(path, changes, say)


def _ask_until_valid(question: Question, present: str, ask: Ask, say: Say) -> str:
    for _ in range(TRIES):
        try:
            answer = ask(f"{question.text}\n  [{present or 'none'}]")
        except EOFError as exc:
            raise UsageError(
                "init",
                "standard input was closed before the last question, so nothing was written",
                f"answer the question, or pass {question.flag} and --yes",
            ) from exc
        answer = "" if answer == NONE or answer.lower() == "none" else answer or present
        if not (problem := _problem(question, answer)):
            return answer
        say(f"  {answer!r} is invalid; allowed: {problem}")
    raise UsageError("init", f"no valid answer to {question.text!r}, so nothing was written", "run init again")


def _problem(question: Question, answer: str) -> str:
    """Return "" for a valid answer, else the allowed values."""
    rule = RULES[question.key]
    if not answer and not question.may_be_empty:
        return rule.allowed
    try:
        rule.parse(answer)
    except ValueError:
        return rule.allowed
    return _region_problem(answer) if question.key == "stack.region" and answer else ""


def _region_problem(region: str) -> str:
    """Return "" for a Region that exists, else the nearest one."""
    # Imported here: importing botocore takes longer than all the rest, and most answers are empty.
    from deployment.aws.access import is_known, nearest

    if is_known(region, os.environ):
        return ""
    return f"a Region of AWS{f', such as {near}' if (near := nearest(region)) else ''}"


def _changes(table: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that differ from the file. With another domain, the certificate is cleared too."""
    changes = {
        key: answer for key, answer in answers.items() if answer != str(value_of(table, key) or RULES[key].default)
    }
    if "domain.name" in changes and value_of(table, "domain.certificate_arn"):
        changes["domain.certificate_arn"] = ""
    return changes


def _check(table: Mapping[str, Any], changes: Mapping[str, str], path: Path) -> None:
    """Validate the settings as a whole before anything is written. Raises SettingsError."""
    wanted = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        wanted[section] = {**wanted.get(section, {}), name: value}
    validate(wanted, path)


def _print_changes(path: Path, changes: Mapping[str, str], say: Say) -> None:
    for key, value in changes.items():
        say(f"set {key} = {value!r}")
    say(f"wrote {path.name}" if changes else f"{path.name} already has these values: nothing was changed")
    say("next: python3 build.py local (on this machine), python3 build.py doctor, python3 build.py deploy (to AWS)")
