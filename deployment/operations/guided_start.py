"""`init`: asks the few questions that matter, and writes the answers into settings.toml.

A question shows what is set now; an empty answer leaves it. An answer that the settings do not allow is asked again
with the reason. Only what was answered differently is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.operations.settings_file import read_table, value_of, write_values
from errors import SettingsError, UsageError
from settings import RULES, validate

Ask = Callable[[str], str]
"""Shows the question and returns the answer. Raises EOFError when there is nobody to answer."""

NONE = "-"
"""The answer that empties a setting."""

TRIES = 5


@dataclass(frozen=True)
class Question:
    """flag: the option that answers it."""

    key: str
    flag: str
    text: str
    may_be_empty: bool = True


QUESTIONS = (
    Question("stack.name", "--name", "Name of the stack, and the prefix of everything in it", may_be_empty=False),
    Question("stack.region", "--region", "AWS Region, such as eu-central-1 (none: that of your AWS environment)"),
    Question("domain.name", "--domain", "Domain of your own, such as cv.example.com (none: CloudFront's address)"),
    Question("domain.hosted_zone", "--hosted-zone", "ID of its Route 53 hosted zone (none: DNS is elsewhere)"),
    Question("alerts.email", "--email", "E-mail address for alarms (none: no alarms)"),
)


def init(path: Path, given: Mapping[str, str | None], ask: Ask | None, say: Callable[[str], None]) -> None:
    """Asks, and writes. given: answers by key, None for none. ask: None when nothing may be asked.

    Raises SettingsError for an answer that is not allowed, UsageError when the input ends before the questions do.
    """
    _, table = read_table(path)
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        present = str(value_of(table, question.key) or RULES[question.key].default)
        if (answer := given.get(question.key)) is None:
            if question.key == "domain.hosted_zone" and not answers["domain.name"]:
                answers[question.key] = ""
                continue
            answer = present if ask is None else _asked(question, present, ask, say)
        elif problem := _problem(question, answer):
            raise SettingsError(f"{question.flag} {answer!r}", f"allowed is {problem}", "correct it and run init again")
        answers[question.key] = answer
    changes = _changes(table, answers)
    _check(table, changes, path)
    write_values(path, changes)
    _tell(path, changes, say)


def _asked(question: Question, present: str, ask: Ask, say: Callable[[str], None]) -> str:
    for _ in range(TRIES):
        try:
            answer = ask(f"{question.text}\n  [{present or 'none'}]")
        except EOFError as exc:
            raise UsageError(
                "init",
                "the input ended before the questions did, so nothing was written",
                f"answer, or pass {question.flag} and --yes",
            ) from exc
        answer = "" if answer == NONE or answer.lower() == "none" else answer or present
        if not (problem := _problem(question, answer)):
            return answer
        say(f"  {answer!r} will not do: allowed is {problem}")
    raise UsageError("init", f"no answer to {question.text!r} that will do, so nothing was written", "run init again")


def _problem(question: Question, answer: str) -> str:
    """What is allowed, where the answer is not; "" where it is."""
    rule = RULES[question.key]
    if not answer and not question.may_be_empty:
        return rule.allowed
    try:
        rule.parse(answer)
    except ValueError:
        return rule.allowed
    return ""


def _changes(table: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """Those answers that say something else than the file. Without a domain what belongs to it goes too."""
    changes = {
        key: answer for key, answer in answers.items() if answer != str(value_of(table, key) or RULES[key].default)
    }
    if "domain.name" in changes and value_of(table, "domain.certificate_arn"):
        changes["domain.certificate_arn"] = ""
    return changes


def _check(table: Mapping[str, Any], changes: Mapping[str, str], path: Path) -> None:
    """Raises SettingsError for what is allowed alone but not together, before anything is written."""
    wanted = {name: dict(part) if isinstance(part, dict) else part for name, part in table.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        wanted[section] = {**wanted.get(section, {}), name: value}
    validate(wanted, path)


def _tell(path: Path, changes: Mapping[str, str], say: Callable[[str], None]) -> None:
    for key, value in changes.items():
        say(f"set {key} = {value!r}")
    say(f"wrote {path.name}" if changes else f"{path.name} says all that already: nothing was changed")
    say("next: python3 build.py local (on this machine), python3 build.py doctor, python3 build.py deploy (to AWS)")
