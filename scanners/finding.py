"""What a scanner found, and what it reports as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap import Environment


@dataclass(frozen=True)
class Finding:
    """One objection. `subject` is what an acceptance names: a logical ID, or a file with its line."""

    rule: str
    subject: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} ({self.where}): {self.message}"


@dataclass(frozen=True)
class Report:
    """How a scanner came out. `suppressed` counts findings, `reasons` the distinct reasons that they have."""

    version: str
    read: str
    findings: tuple[Finding, ...]
    suppressed: int = 0
    reasons: int = 0


class CannotRunError(Exception):
    """This scanner needs something that this machine does not have; the text says what."""


@dataclass(frozen=True)
class Workplace:
    """Where scanners read and write. `root` is the checkout, `folder` is theirs below output/."""

    root: Path
    folder: Path
    region: str
    environment: Environment
    templates: dict[str, Path] = field(default_factory=dict)
    """The variant's name -> the file with its template."""


Scan = Callable[[Workplace], Report]
