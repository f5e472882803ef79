"""Reading XML by local names, and the HTML inside its texts. No entity is expanded and nothing is loaded."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from errors import ResumeError
from source_text import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

BLOCKS = {"p", "div", "br", "ol", "ul", "h1", "h2", "h3", "h4"}
HIDDEN = {"script", "style"}


def read_xml(file: Path, content: bytes) -> Element:
    """Return the root element. Raises ResumeError for what is not XML, or not harmless."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        where = f"{file}:{Place(line, column + 1)}"
        raise ResumeError(where, f"is not XML: {error}", "export it again") from error
    except DefusedXmlException as error:
        what = "is XML with a DTD, which is not read"
        raise ResumeError(str(file), what, "export it again from Europass") from error
    except (ValueError, LookupError) as error:
        raise ResumeError(str(file), f"is XML that cannot be read: {error}", "export it again from Europass") from error
    return root


def name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def all_of(element: Element | None, path: str) -> Iterator[Element]:
    """Yield every element at a path of local names below `element`, such as "Employer/Name"."""
    if element is None:
        return
    first, _, rest = path.partition("/")
    for child in element:
        if name(child) == first:
            yield from all_of(child, rest) if rest else (child,)


def first_of(element: Element | None, path: str) -> Element | None:
    """Return the first element at a path, None if there is none."""
    return next(all_of(element, path), None)


def text_of(element: Element | None, path: str = "") -> str:
    """Return the text of the first element at a path, "" if there is none."""
    found = first_of(element, path) if path else element
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def lines_of(element: Element | None, path: str) -> tuple[str, list[str]]:
    """Return the paragraphs, and the items of the lists, of the HTML in the text of the first element at a path."""
    found = first_of(element, path)
    reader = _Html()
    reader.feed("".join(found.itertext()) if found is not None else "")
    reader.close()
    reader.end_line()
    return "\n\n".join(reader.paragraphs), reader.items


class _Html(HTMLParser):
    """Collects the texts of simple HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.items: list[str] = []
        self._line: list[str] = []
        self._in_item = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in HIDDEN
        if tag in BLOCKS or tag == "li":
            self.end_line()
        self._in_item = self._in_item or tag == "li"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(self._hidden - (tag in HIDDEN), 0)
        if tag in BLOCKS or tag == "li":
            self.end_line()
        self._in_item = self._in_item and tag not in {"li", "ol", "ul"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._line.append(data)

    def end_line(self) -> None:
        """Keep the line read so far."""
        for part in "".join(self._line).replace("\r", "\n").split("\n"):
            if line := " ".join(part.split()):
                (self.items if self._in_item else self.paragraphs).append(line)
        self._line = []
