"""The packages that requirements/*.txt pin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\\n]+?))?\s*\\?$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """One pinned package. `marker` limits where it is installed, such as sys_platform == 'win32'; empty: everywhere."""

    name: str
    version: str
    marker: str

    @property
    def purl(self) -> str:
        """Return the package URL. Source: the package-url specification, type pypi: lower case, hyphens."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def pins(path: Path) -> Iterator[Pin]:
    """Return the packages that the lock file at `path` pins, in its order."""
    for found in _PIN.finditer(path.read_text(encoding="utf-8")):
        yield Pin(found["name"], found["version"], found["marker"] or "")
