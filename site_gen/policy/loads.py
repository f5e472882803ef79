"""What a page or a stylesheet loads and runs. Read from its source: what a script loads is not known."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from site_gen.policy.event_handlers import EVENT_HANDLERS

SCRIPT_TYPES = re.compile(
    r"(?:(?:application|text)/(?:x-)?(?:java|ecma)script|text/(?:jscript|livescript|javascript1\.\d)|module|importmap"
    r"|speculationrules|)",
    re.IGNORECASE,
)
"""Types of a script element that the policy is about; other types are data."""

IMAGES = {"icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"}
PRELOADS = {"font": "font-src", "style": "style-src-elem", "script": "script-src-elem", "image": "img-src"}
URLS = {
    ("img", "src"): "img-src",
    ("image", "href"): "img-src",
    ("image", "xlink:href"): "img-src",
    ("input", "src"): "img-src",
    ("video", "poster"): "img-src",
    ("video", "src"): "media-src",
    ("audio", "src"): "media-src",
    ("source", "src"): "media-src",
    ("track", "src"): "media-src",
    ("iframe", "src"): "frame-src",
    ("frame", "src"): "frame-src",
    ("embed", "src"): "object-src",
    ("object", "data"): "object-src",
    ("form", "action"): "form-action",
    ("button", "formaction"): "form-action",
    ("input", "formaction"): "form-action",
    ("base", "href"): "base-uri",
}
"""Element and attribute -> directive."""

LINKS = {("a", "href"), ("area", "href"), ("iframe", "src"), ("frame", "src")}
NEEDED = ("script-src-elem", "style-src-elem")
TEXT_ONLY = ("textarea", "title", "xmp", "noembed", "noframes", "iframe")
"""Elements whose content is text, not elements. Source: HTML, "Parsing HTML documents"."""

LOADS_MORE = {"fonts.googleapis.com": ("font-src", "https://fonts.gstatic.com/")}
"""Host of a stylesheet -> what its stylesheets load."""

_SCRIPT_URL = re.compile(
    r"[\x00-\x20]*j[\t\n\r]*a[\t\n\r]*v[\t\n\r]*a[\t\n\r]*s[\t\n\r]*c[\t\n\r]*r[\t\n\r]*i[\t\n\r]*p[\t\n\r]*t[\t\n\r]*:",
    re.IGNORECASE,
)
_CSS = re.compile(
    r"""/\*.*?(?:\*/|\Z)|(?P<rule>@[\w-]+)|url\(\s*(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^)\s"']*))\s*\)"""
    r"""|"(?P<text>[^"\n]*)"|'(?P<other>[^'\n]*)'|(?P<end>[{};])""",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class Load:
    """A load. directive: of the policy. line: in the file. url: absolute. inline: the text of an inline script or
    style, None for a URL. is_attribute: of an event handler or a style attribute. is_link: a javascript: URL.
    is_hint: requested early, or only where scripts are off.
    """

    directive: str
    what: str
    line: int
    url: str = ""
    inline: str | None = None
    nonce: str = ""
    is_attribute: bool = False
    is_link: bool = False
    is_hint: bool = False

    @property
    def is_needed(self) -> bool:
        """Return True for a script or a stylesheet of the page itself, without which it certainly does not work."""
        return self.directive in NEEDED and not (self.is_attribute or self.is_link or self.is_hint)


@dataclass(frozen=True)
class Reading:
    """What is known of a page. links: the absolute URLs of what it links to or frames."""

    loads: list[Load]
    links: list[str]


def read_page(text: str, url: str) -> Reading:
    """Return the loads and links of the page at `url`."""
    reader = _PageReader(url)
    reader.feed(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader.close()
    return Reading(reader.loads, reader.links)


def loads_of_stylesheet(text: str, url: str, first_line: int = 1) -> Iterator[Load]:
    """Yield the loads of a stylesheet: imports, fonts, images."""
    rule = ""
    for found in _CSS.finditer(text):
        line = first_line + text.count("\n", 0, found.start())
        address = next((found[name] for name in ("double", "single", "bare") if found[name] is not None), None)
        if found["rule"]:
            rule = found["rule"].lower()
        elif found["end"]:
            rule = rule if found["end"] != "}" and rule == "@font-face" else ""
        elif rule == "@import":
            address = address if address is not None else found["text"] or found["other"]
            yield from _at("style-src-elem", address, url, line)
            rule = ""
        elif address and rule != "@namespace":
            yield from _at("font-src" if rule == "@font-face" else "img-src", address, url, line)


class _PageReader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loads: list[Load] = []
        self.links: list[str] = []
        self._base = url
        self._templates: list[bool] = []  # of the open <template> elements: is it inert?
        self._without_scripts = False
        self._inside: tuple[str, dict[str, str], int] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values: dict[str, str] = {}
        for name, value in attributes:
            values.setdefault(name, value or "")
        if tag in TEXT_ONLY:
            self.set_cdata_mode(tag)
        if tag == "template":
            self._templates.append("shadowrootmode" not in values)
        self._without_scripts |= tag == "noscript"
        if any(self._templates):
            return
        line = self.getpos()[0]
        for name, value in values.items():
            self._attribute(tag, name, value, line)
        self._element(tag, values, line)
        if tag in ("script", "style"):
            self._inside, self._text = (tag, values, line), []

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template" and self._templates:
            self._templates.pop()
        if tag == "noscript":
            self._without_scripts = False
        if self._inside and tag == self._inside[0]:
            self._inline(*self._inside, "".join(self._text))
            self._inside = None

    def _attribute(self, tag: str, name: str, value: str, line: int) -> None:
        if (tag, name) in LINKS:
            self._link(value)
        if name in EVENT_HANDLERS and value:
            self._add("script-src-attr", f"the event handler {name}", line, inline=value, is_attribute=True)
        elif name == "style" and value:
            self._add("style-src-attr", "an inline style attribute", line, inline=value, is_attribute=True)
            self.loads += loads_of_stylesheet(value, self._base, line)
        elif name in ("href", "xlink:href", "action", "formaction", "src") and _SCRIPT_URL.match(value):
            self._add("script-src-elem", f"the javascript: URL in {name}", line, inline=value, is_link=True)
        elif directive := URLS.get((tag, name)):
            self._url(directive, value, line)
        elif name in ("srcset", "imagesrcset"):
            for candidate in _candidates(value):
                self._url("img-src", candidate, line)

    def _element(self, tag: str, values: dict[str, str], line: int) -> None:
        address = values.get("href", "")
        if tag == "base" and address:
            self._base = urljoin(self._base, address)
        if tag == "script" and "src" in values and _is_script(values):
            self._url("script-src-elem", values["src"], line, values.get("nonce", ""))
        if tag == "link" and address:
            for directive, is_hint in _link_directives(values):
                self._url(directive, address, line, values.get("nonce", ""), is_hint=is_hint)

    def _inline(self, tag: str, values: dict[str, str], line: int, text: str) -> None:
        nonce = values.get("nonce", "")
        if tag == "style" and text:
            self._add("style-src-elem", "an inline stylesheet", line, inline=text, nonce=nonce)
            self.loads += loads_of_stylesheet(text, self._base, line)
        elif tag == "script" and text and "src" not in values and _is_script(values):
            self._add("script-src-elem", "an inline script", line, inline=text, nonce=nonce)

    def _link(self, address: str) -> None:
        with contextlib.suppress(ValueError):  # such as an invalid IPv6 address
            self.links.append(urljoin(self._base, address.strip()))

    def _url(self, directive: str, address: str, line: int, nonce: str = "", *, is_hint: bool = False) -> None:
        found = _at(directive, address, self._base, line, nonce)
        self.loads += (replace(one, is_hint=is_hint or self._without_scripts) for one in found)

    def _add(self, directive: str, what: str, line: int, **more: object) -> None:
        self.loads.append(Load(directive, what, line, is_hint=self._without_scripts, **more))  # type: ignore[arg-type]


def _at(directive: str, address: str | None, base: str, line: int, nonce: str = "") -> Iterator[Load]:
    """Yield the load of an address, unless it is empty, within the page, or needs no request."""
    address = (address or "").strip()
    if not address or address.startswith("#"):
        return
    try:
        url = urljoin(base, address)
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as an invalid IPv6 address
        return
    if url.partition(":")[0] in ("about", "mailto", "tel", "javascript"):
        return
    yield Load(directive, address if len(address) <= 100 else f"{address[:99]}…", line, url, nonce=nonce)  # noqa: PLR2004
    if directive == "style-src-elem" and host in LOADS_MORE:
        more, origin = LOADS_MORE[host]
        yield Load(more, f"{origin} (by {host})", line, origin)


def _is_script(values: dict[str, str]) -> bool:
    return bool(SCRIPT_TYPES.fullmatch(values.get("type", "").strip()))


def _link_directives(values: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the directives of a <link>, and whether it is only a hint."""
    relations = set(values.get("rel", "").lower().split())
    if "stylesheet" in relations and "alternate" not in relations:
        yield "style-src-elem", False
    if relations & IMAGES:
        yield "img-src", False
    if "manifest" in relations:
        yield "manifest-src", False
    if "modulepreload" in relations:
        yield "script-src-elem", True
    if "preload" in relations and (directive := PRELOADS.get(values.get("as", "").lower())):
        yield directive, True


def _candidates(srcset: str) -> Iterator[str]:
    """Yield the URLs of a srcset attribute. Source: HTML, "parse a srcset attribute"."""
    rest = srcset
    while rest := rest.lstrip(" \t\n\f\r,"):
        url = re.split(r"\s", rest, maxsplit=1)[0]
        rest = rest[len(url) :]
        if not url.endswith(","):
            rest = rest.partition(",")[2]
        yield url.rstrip(",")
