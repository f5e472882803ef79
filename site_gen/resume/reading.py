"""resume.json, parsed and validated by the JSON Resume schema."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from errors import ResumeError
from site_gen.folders.source import read_text
from site_gen.resume.lines import TOKEN, repeated_key
from site_gen.resume.normalization import compact, normal
from site_gen.resume.rules import find_rule_violations
from site_gen.resume.violations import TYPE_NAMES, Violation, explain_violations, shorten
from source_text import excerpt, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

Resume = dict[str, Any]

SCHEMA = Path(__file__).with_name("resume.schema.json")
JSON_TYPES = {"string": str, "array": list, "object": dict, "number": float, "boolean": bool}
FORMATS = {
    "uri": "an absolute URL such as https://example.com/page, with non-ASCII characters percent-encoded",
    "email": "an e-mail address such as name@example.com",
}


def read_resume(path: Path) -> Resume:
    """Return a validated résumé. Raises the errors of `check_resume`, with the command that mends most of them, and
    OutputError when the file cannot be read."""
    try:
        return check_resume(path, read_text(path))
    except ResumeError as error:
        step = f"{error.next_step}; what is plain is mended by: python3 build.py resume import {path}"
        raise ResumeError(error.where, error.what, step, excerpt=error.excerpt) from error


def check_resume(path: Path, text: str) -> Resume:
    """Return a résumé that satisfies the schema and `rules`, with basics.name present and without empty values.

    path: the file's name, for messages. Raises ResumeError, which lists every violation.
    """
    try:
        document = normal(parse(path, text))
        violations = [*find_schema_violations(document), *find_rule_violations(document)]
    except RecursionError as error:
        raise ResumeError(str(path), "nested too deeply", "a résumé needs only a few levels") from error
    if violations:
        raise explain_violations(path, text, violations)
    resume: Resume = compact(document)
    return resume


def parse(path: Path, text: str) -> Any:
    """Return the parsed JSON. Raises ResumeError with line and column."""
    try:
        return json.loads(text, object_pairs_hook=refuse_duplicates, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        place = place_at(text, error.pos)
        raise ResumeError(
            f"{path}:{place}",
            f"is not JSON: {error.msg}",
            "correct that line; the usual cause is a missing or extra comma",
            excerpt=excerpt(text, place),
        ) from error
    except RepeatedKeyError as error:
        raise explain_repeated(path, text, str(error)) from error
    except ConstantError as error:
        raise explain_constant(path, text, error.name) from error
    except ValueError as error:  # Python's limit for a number; its message is for programmers
        raise ResumeError(str(path), "has a number of thousands of digits", "correct the file") from error


class RepeatedKeyError(ValueError):
    """An object has a key twice."""


def explain_repeated(path: Path, text: str, problem: str) -> ResumeError:
    found = repeated_key(text)
    if not found:
        return ResumeError(str(path), problem, "remove one")
    key, first, again = found
    what = f"the key {shorten(key)} occurs twice in one object, first in line {first.line}"
    return ResumeError(f"{path}:{again}", what, "remove one", excerpt=excerpt(text, again))


def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raise an error for a repeated key: JSON would silently keep the last one, and half of a résumé could vanish."""
    repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if repeated:
        raise RepeatedKeyError(f"the key {shorten(repeated[0])} occurs twice in one object")
    return dict(pairs)


class ConstantError(ValueError):
    """NaN, Infinity or -Infinity, which Python's parser accepts by default."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def refuse_constant(name: str) -> None:
    """Raise ConstantError for NaN and Infinity, which Python's parser accepts and JSON does not have."""
    raise ConstantError(name)


def explain_constant(path: Path, text: str, name: str) -> ResumeError:
    start = next((token.start() for token in TOKEN.finditer(text) if token[0] == name), text.find(name))
    place = place_at(text, start, len(name))
    return ResumeError(f"{path}:{place}", f"{name} is not JSON", "correct the file", excerpt=excerpt(text, place))


def find_schema_violations(document: Any) -> Iterator[Violation]:
    """Yield where a document violates the schema of JSON Resume."""
    for error in load_validator().iter_errors(document):
        yield Violation(tuple(error.absolute_path), describe_problem(error), describe_allowed(error))


@cache
def load_validator() -> Draft7Validator:
    """Return the validator of the schema of JSON Resume, loaded once."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


def describe_problem(error: ValidationError) -> str:
    """Return what is wrong with a value, with the value shortened."""
    if error.validator == "type":
        wanted = TYPE_NAMES[JSON_TYPES[str(error.validator_value)]]
        return f"{shorten(error.instance)} is not {wanted}"
    return f"{shorten(error.instance)} is not valid"


def describe_allowed(error: ValidationError) -> str:
    """Return what would be allowed instead."""
    if error.validator == "pattern":
        return "a date such as 2021, 2021-03 or 2021-03-14, or no such key"
    if error.validator == "format":
        return FORMATS.get(str(error.validator_value), error.message)
    return TYPE_NAMES[JSON_TYPES[str(error.validator_value)]] if error.validator == "type" else error.message
