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
from site_gen.resume.normalization import compact, normal
from site_gen.resume.rules import find_rule_violations
from site_gen.resume.violations import TYPE_NAMES, Violation, explain_violations, shorten

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
    """Return a validated résumé. Raises the errors of `check_resume`, and OutputError when the file cannot be read."""
    return check_resume(path, read_text(path))


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
        line = text.split("\n")[error.lineno - 1].strip()
        raise ResumeError(
            f"{path}:{error.lineno}:{error.colno}",
            f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
            + (f" in {line[:80]}" if line else ""),
            "correct that line; the usual cause is a missing or extra comma",
        ) from error
    except ValueError as error:
        raise ResumeError(str(path), str(error), "correct the file") from error


def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raise ValueError for a repeated key: JSON would silently keep the last one, and half of a résumé could vanish."""
    repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if repeated:
        raise ValueError(f"the key {shorten(repeated[0])} occurs twice in one object")
    return dict(pairs)


def refuse_constant(name: str) -> None:
    """Raise ValueError for NaN and Infinity, which Python's parser accepts and JSON does not have."""
    raise ValueError(f"{name} is not JSON")


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
