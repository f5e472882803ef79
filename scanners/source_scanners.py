"""The scanners that read source files: bandit for Python, zizmor for the workflows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from scanners.checkout import files_of
from scanners.comments import Mark, apply_comments, comments, python_comments
from scanners.finding import Finding, Report, Workplace
from scanners.tools import run_json, script, version_of

REDUNDANT = frozenset({"B404", "B405"})
"""Rules about importing a module at all (subprocess, xml.etree): each use of it has a rule of its own."""

NOQA = Mark(re.compile(r"# noqa: (?P<rules>S\d+(?:, *\w+)*)(?: - (?P<reason>.+))?"), lambda rule: f"B{rule[1:]}", False)
"""Stale ones are found by ruff's RUF100."""

NOSEC = Mark(re.compile(r"# nosec (?P<rules>B\d+(?:, *B\d+)*)(?: - (?P<reason>.+))?"), str, True)
_MARKED = re.compile("# (noqa|nosec)")
ZIZMOR_IGNORE = Mark(re.compile(r"# zizmor: ignore\[(?P<rules>[\w, -]+)\](?P<reason>.*)"), str, True)
WORKFLOWS = (".github/workflows/*.yml", "deployment/github/workflows/*.yml")
LOW_ZIZMOR, HIGH_ZIZMOR = 11, 14
"""zizmor's exit codes for findings, by the highest severity."""


def bandit(workplace: Workplace) -> Report:
    """Scan every Python file of the project. Rules that pyproject.toml makes ruff ignore in a folder are ignored there
    too."""
    files = files_of(workplace.root, "*.py")
    command = [script(workplace, "bandit"), "--format", "json", "--ignore-nosec", "--quiet", *files]
    result = run_json("bandit", command, workplace.root, accepted_codes=(0, 1))
    ignored = _ignored_by_ruff(workplace.root)
    found = [
        (finding, file, lines)
        for finding, file, lines in _bandit_findings(result)
        if finding.rule not in REDUNDANT
        and not any(fnmatch(file, pattern) and finding.rule in rules for pattern, rules in ignored.items())
    ]
    texts = {file: text for file in files if _MARKED.search(text := _text(workplace, file))}
    marks = [one for file, text in texts.items() for one in comments(file, python_comments(text), (NOQA, NOSEC))]
    return apply_comments(version_of(workplace, "bandit"), f"{len(files)} Python files", found, marks)


def zizmor(workplace: Workplace) -> Report:
    """Scan the workflows, and those that `init ci` generates, with every offline rule, including those of the auditor
    persona."""
    files = [file for pattern in WORKFLOWS for file in files_of(workplace.root, pattern)]
    options = ["--offline", "--no-config", "--persona=auditor", "--no-ignores", "--strict-collection", "--format=json"]
    codes = (0, *range(LOW_ZIZMOR, HIGH_ZIZMOR + 1))
    result = run_json("zizmor", [script(workplace, "zizmor"), *options, *files], workplace.root, accepted_codes=codes)
    found = list(_zizmor_findings(result))
    marks = [comment for file in files for comment in comments(file, _text(workplace, file), [ZIZMOR_IGNORE])]
    return apply_comments(version_of(workplace, "zizmor"), f"{len(files)} workflows", found, marks)


def _bandit_findings(result: Mapping[str, Any]) -> Iterator[tuple[Finding, str, range]]:
    for error in result["errors"]:
        yield Finding("unreadable", error["filename"], "Python", error["reason"]), error["filename"], range(0)
    for one in result["results"]:
        file = one["filename"].removeprefix("./")
        lines = range(min(one["line_range"]), max(one["line_range"]) + 1)
        where = f"{one['issue_severity'].lower()} severity"
        yield Finding(one["test_id"], f"{file}:{one['line_number']}", where, one["issue_text"]), file, lines


def _zizmor_findings(result: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Finding, str, range]]:
    for one in result:
        primary = next(place for place in one["locations"] if place["symbolic"]["kind"] == "Primary")
        file = primary["symbolic"]["key"]["Local"]["verbatim_path"]
        span = primary["concrete"]["location"]
        lines = range(span["start_point"]["row"] + 1, span["end_point"]["row"] + 2)
        where = f"{one['determinations']['severity'].lower()} severity"
        yield Finding(one["ident"], f"{file}:{lines.start}", where, one["desc"]), file, lines


def _ignored_by_ruff(root: Path) -> dict[str, set[str]]:
    """Return file pattern -> bandit's equivalents of the rules that pyproject.toml makes ruff ignore there."""
    lint = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    listed = {"*": lint["ignore"], **lint["per-file-ignores"]}
    return {
        pattern.replace("**", "*"): {f"B{rule[1:]}" for rule in rules if re.fullmatch(r"S\d+", rule)}
        for pattern, rules in listed.items()
    }


def _text(workplace: Workplace, file: str) -> str:
    return (workplace.root / file).read_text(encoding="utf-8")
