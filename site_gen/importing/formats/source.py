"""What was read from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from errors import ResumeError
from site_gen.resume.normalization import EMPTY

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.importing.mending.change import Change

LARGEST_DOCUMENT = 10_000
"""Values in a document, of which a long résumé has a thousand."""


@dataclass(frozen=True)
class Source:
    """A document in the form of JSON Resume, perhaps with faults.

    format: its name for the report. changes: what had to be mended to read it at all. language: the one that the file
    says it is in, "" if it does not. unread: parts that have no place in JSON Resume. verbatim: the file's own bytes,
    if they can be used as they are. text: the file's JSON text, to show places.
    """

    document: Any
    format: str
    changes: list[Change] = field(default_factory=list)
    language: str = ""
    unread: tuple[str, ...] = ()
    verbatim: bytes | None = None
    text: str = ""


class Entry(dict[str, Any]):
    """An object of another format, which knows what of it has been read with `get`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        return super().get(key, default)

    def unread(self) -> list[str]:
        """Return the keys that have a value and were not read."""
        return [key for key, value in self.items() if key not in self._read and value not in EMPTY]


def require_small(file: Path, document: Any) -> None:
    """Raise ResumeError for a document with more values than any résumé has."""
    waiting, seen = [document], 0
    while waiting:
        value = waiting.pop()
        waiting.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        seen += 1
        if seen > LARGEST_DOCUMENT:
            raise ResumeError(str(file), "has more values than any résumé", "remove what does not belong in it")


def tidy(document: Any) -> Any:
    """Return a converted document without empty values, which a conversion leaves where the file has nothing."""
    if isinstance(document, dict):
        inner = {key: tidy(value) for key, value in document.items()}
        return {key: value for key, value in inner.items() if value not in EMPTY}
    if isinstance(document, list):
        return [item for item in map(tidy, document) if item not in EMPTY]
    return document.strip() if isinstance(document, str) else document
