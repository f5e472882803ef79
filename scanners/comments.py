"""Findings in source files, without those that a comment on the line accepts with a reason.

A comment has the form `# MARK RULE[, RULE] - reason`, with the tools' own marks. Where ruff has the same rule as bandit
(S and B with the same number), ruff's `noqa` serves both. The scanners run with these comments ignored, so that a
comment which accepts nothing, or gives no reason, is found here.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scanners.finding import Finding, Report

STALE, UNEXPLAINED = "stale-comment", "no-reason"


@dataclass(frozen=True)
class Comment:
    """The rules that a comment in `file` at `line` accepts.

    must_fit: False where another tool detects stale comments.
    """

    file: str
    line: int
    rules: frozenset[str]
    reason: str
    must_fit: bool


@dataclass(frozen=True)
class Mark:
    """A tool's syntax for an accepting comment. The pattern has the groups `rules` and `reason`."""

    pattern: re.Pattern[str]
    rule: Callable[[str], str]
    must_fit: bool


def comments(file: str, text: str, marks: Iterable[Mark]) -> list[Comment]:
    """Return the accepting comments in `text`, the content of `file`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for mark in marks:
            for match in mark.pattern.finditer(line):
                rules = frozenset(mark.rule(one) for one in re.split(r"[,\s]+", match["rules"].strip()))
                found.append(Comment(file, number, rules, (match["reason"] or "").strip(), mark.must_fit))
    return found


def python_comments(text: str) -> str:
    """Return only the comments of a Python file, each on its line, without text in strings that looks like a
    comment."""
    lines = [""] * (text.count("\n") + 1)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0] - 1] = token.string
    return "\n".join(lines)


def apply_comments(
    version: str, read: str, findings: Iterable[tuple[Finding, str, range]], accepted: Iterable[Comment]
) -> Report:
    """Return the report of the findings that no comment accepts, plus findings for stale and unexplained comments.

    findings: each finding with its file and the range of its lines.
    """
    known = list(accepted)
    used: set[Comment] = set()
    left: list[Finding] = []
    suppressed = 0
    for finding, file, lines in findings:
        fitting = [c for c in known if c.file == file and c.line in lines and finding.rule in c.rules]
        used.update(fitting)
        suppressed += bool(fitting)
        left += [] if fitting else [finding]
    left += [_about(UNEXPLAINED, one) for one in sorted(used, key=_place) if not one.reason]
    left += [_about(STALE, one) for one in known if one.must_fit and one not in used]
    return Report(version, read, tuple(left), suppressed, len({one.reason for one in used}))


def _about(rule: str, comment: Comment) -> Finding:
    problem = "is accepted but not found" if rule == STALE else "is accepted without a reason"
    return Finding(rule, f"{comment.file}:{comment.line}", "a comment", f"{', '.join(sorted(comment.rules))} {problem}")


def _place(comment: Comment) -> tuple[str, int]:
    return comment.file, comment.line
