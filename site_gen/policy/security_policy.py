"""A Content-Security-Policy: which loads it allows, and what to add to it to allow more.

Source: Content Security Policy Level 3, "Does url match source list" and "Does element match source list for type and
source". Reporting, sandboxing and Trusted Types are not part of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.policy.loads import Load

FALLBACKS = {
    "script-src-elem": ("script-src-elem", "script-src", "default-src"),
    "script-src-attr": ("script-src-attr", "script-src", "default-src"),
    "style-src-elem": ("style-src-elem", "style-src", "default-src"),
    "style-src-attr": ("style-src-attr", "style-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
    "form-action": ("form-action",),
    "base-uri": ("base-uri",),
}
"""Directive -> the directives that decide, the first that the policy has. Others fall back to default-src."""

NONE, SELF, INLINE, HASHES, DYNAMIC = "'none'", "'self'", "'unsafe-inline'", "'unsafe-hashes'", "'strict-dynamic'"
_HASH = re.compile(r"'sha(256|384|512)-([\w+/=-]+)'", re.IGNORECASE)
_NONCE = re.compile(r"'nonce-([\w+/=-]+)'", re.IGNORECASE)
_HOST = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>[^/:']+)(?::(?P<port>\d+|\*))?(?P<path>/.*)?", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True)
class SecurityPolicy:
    """directives: name -> sources, in the order of the header. host: of the page, which 'self' stands for."""

    directives: Mapping[str, tuple[str, ...]]
    host: str

    @classmethod
    def parse(cls, text: str, host: str) -> SecurityPolicy:
        directives: dict[str, tuple[str, ...]] = {}
        for part in text.split(";"):
            if words := part.split():
                directives.setdefault(words[0].lower(), tuple(words[1:]))
        return cls(directives, host)

    def __str__(self) -> str:
        return "; ".join(" ".join([name, *sources]) for name, sources in self.directives.items())

    def decisive(self, directive: str) -> str:
        """Return the name of the directive that decides about loads of the kind `directive`, "" if none does."""
        names = FALLBACKS.get(directive, (directive, "default-src"))
        return next((name for name in names if name in self.directives), "")

    def allows(self, load: Load) -> bool:
        """Return True unless a browser would block `load`."""
        name = self.decisive(load.directive)
        if not name:
            return True
        sources = self.directives[name]
        if load.inline is not None:
            return _allows_inline(sources, load)
        if load.nonce and load.nonce in [found[1] for found in map(_NONCE.fullmatch, sources) if found]:
            return True
        if load.directive == "script-src-elem" and DYNAMIC in map(str.lower, sources):
            return False
        return any(self._matches(source, load.url) for source in sources)

    def allowing(self, loads: Iterable[Load]) -> SecurityPolicy:
        """Return the policy that also allows `loads`."""
        directives = dict(self.directives)
        for load in loads:
            name = self.decisive(load.directive)
            if name in ("", "default-src"):
                name = load.directive.removesuffix("-elem").removesuffix("-attr")
            before = directives.get(name, self.directives.get("default-src", ()))
            kept = [source for source in before if source.lower() != NONE]
            directives[name] = tuple(dict.fromkeys([*kept, *_sources_for(load, self.host)]))
        return SecurityPolicy(directives, self.host)

    def _matches(self, source: str, url: str) -> bool:
        wanted, lowered = urlsplit(url), source.lower()
        if lowered == SELF:
            return wanted.scheme == "https" and wanted.netloc.lower() == self.host
        if lowered == "*":
            return wanted.scheme in _PORTS
        if re.fullmatch(r"[a-z][a-z0-9+.-]*:", lowered):
            return _scheme_matches(lowered[:-1], wanted.scheme)
        found = _HOST.fullmatch(source)
        if not found or source.startswith("'") or wanted.scheme not in _PORTS:
            return False
        return (
            _scheme_matches((found["scheme"] or "https").lower(), wanted.scheme)
            and _host_matches(found["host"].lower(), (wanted.hostname or "").lower())
            and found["port"] in ("*", str(wanted.port or _PORTS[wanted.scheme]), *_default_port(found["port"], url))
            and _path_matches(found["path"] or "", wanted.path)
        )


def hash_of(content: str, size: str = "256") -> str:
    """Return the source that allows this script or stylesheet."""
    digest = hashlib.new(f"sha{size}", content.encode()).digest()
    return f"'sha{size}-{base64.b64encode(digest).decode()}'"


def _allows_inline(sources: Iterable[str], load: Load) -> bool:
    lowered = [source.lower() for source in sources]
    hashes = [found for found in map(_HASH.fullmatch, sources) if found]
    nonces = [found[1] for found in map(_NONCE.fullmatch, sources) if found]
    if INLINE in lowered and not hashes and not nonces and DYNAMIC not in lowered:
        return True
    if load.nonce and load.nonce in nonces:
        return True
    if load.is_attribute and HASHES not in lowered:
        return False
    known = {found[0].replace("-", "+").replace("_", "/").lower() for found in hashes}
    mine = {hash_of(load.inline or "", found[1]).replace("-", "+").replace("_", "/") for found in hashes}
    return any(one.lower() in known for one in mine)


def _sources_for(load: Load, host: str) -> list[str]:
    """Return the narrowest sources that allow `load`."""
    if load.inline is not None:
        return [HASHES, hash_of(load.inline)] if load.is_attribute else [hash_of(load.inline)]
    parts = urlsplit(load.url)
    if parts.scheme not in _PORTS:
        return [f"{parts.scheme}:"]
    return [SELF] if (parts.scheme, parts.netloc.lower()) == ("https", host) else [f"{parts.scheme}://{parts.netloc}"]


def _scheme_matches(allowed: str, scheme: str) -> bool:
    """Return True for the scheme itself and its secure version. A source without a scheme has the page's, https."""
    return scheme == allowed or (allowed, scheme) in {("http", "https"), ("ws", "wss"), ("https", "wss")}


def _host_matches(allowed: str, host: str) -> bool:
    return allowed in ("*", host) or (allowed.startswith("*.") and host.endswith(allowed[1:]))


def _default_port(port: str | None, url: str) -> tuple[str | None, ...]:
    """Return the missing port, if the URL has the default one of its scheme."""
    parts = urlsplit(url)
    return (None,) if port is None and parts.port in (None, _PORTS[parts.scheme]) else ()


def _path_matches(allowed: str, path: str) -> bool:
    return not allowed or (path.startswith(allowed) if allowed.endswith("/") else path == allowed)
