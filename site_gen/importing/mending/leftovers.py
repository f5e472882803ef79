"""The last step: what is still not allowed is left out, so that the rest of the résumé can come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.change import Change, Kind, Mended, Path, value_at
from site_gen.resume.normalization import normal
from site_gen.resume.reading import find_schema_violations
from site_gen.resume.rules import find_rule_violations

if TYPE_CHECKING:
    from site_gen.resume.violations import Violation

REQUIRED = {(), ("basics",), ("basics", "name")}
"""Values without which there is no page."""

ROUNDS = 5
"""At most; leaving a value out can reveal another that is not allowed."""


def violations_of(document: Any) -> list[Violation]:
    """Return every violation of the schema and of the page's rules."""
    normalized = normal(document)
    return [*find_schema_violations(normalized), *find_rule_violations(normalized)]


def leave_out_the_rest(document: Any) -> Mended:
    """Leave out every value that is still not allowed, except those without which there is no page."""
    changes: list[Change] = []
    for _ in range(ROUNDS):
        wrong = {each.path: each for each in violations_of(document) if each.path not in REQUIRED}
        if not wrong:
            break
        changes += [
            Change(path, value_at(document, path), None, each.problem, Kind.DROPPED) for path, each in wrong.items()
        ]
        document = _without(document, set(wrong), ())
    return document, changes


def _without(value: Any, wrong: set[Path], path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, wrong, (*path, key)) for key, item in value.items() if (*path, key) not in wrong}
    if isinstance(value, list):
        return [
            _without(item, wrong, (*path, index)) for index, item in enumerate(value) if (*path, index) not in wrong
        ]
    return value
