"""The files of a built site, each read once: key, ETag, size and headers.

`site_gen` decides which files of the user's folder are published, also for links and hidden files. All files in the
built folder are uploaded.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployment.site.headers import Headers, headers, is_text
from errors import OutputError
from router.contract.files import SITE_KEYS

KEY_LIMIT = 1024
"""Maximum length of a key in bytes of UTF-8. Source: "Naming Amazon S3 objects", Amazon S3 User Guide."""

PART_SIZE = 16 * 1024 * 1024
"""Bytes. Files of at least this size are uploaded in parts of this size. The ETag of such an object depends on the part
size, so changing it uploads every large file again."""

CHUNK = 1024 * 1024
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class SiteFile:
    """A file of the site. key: its path in the site. etag: of the object once uploaded. size: in bytes."""

    key: str
    source: Path
    etag: str
    size: int
    headers: Headers

    @property
    def in_parts(self) -> bool:
        """Return True if the file is uploaded in several parts."""
        return self.size >= PART_SIZE


def read_site(folder: Path) -> tuple[SiteFile, ...]:
    """Read every file below `folder`, sorted by key. Raises OutputError for an unreadable file or an invalid key."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return tuple(_read(_valid(key, path), path) for key, path in sorted(found))


def _read(key: str, path: Path) -> SiteFile:
    etag, text = ETag(), Utf8(is_text(key))
    first = b""
    try:
        for chunk in _chunks(path):
            first = first or chunk[:2]
            etag.update(chunk)
            text.update(chunk)
    except OSError as exc:
        raise OutputError(str(path), f"cannot be read: {exc.strerror}", "make it readable, or remove it") from exc
    served = headers(key, utf_8=text.valid(), gzipped=first == GZIP)
    return SiteFile(key, path, etag.text(), etag.size, served)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


class ETag:
    """The ETag that S3 computes for content: its MD5, or for parts the MD5 of the parts' MD5s and their number.

    This holds for SSE-S3 encryption, which the site's bucket uses. With SSE-KMS, set by hand, every deploy would upload
    all files. Source: "Object", Amazon S3 API Reference.
    """

    def __init__(self, part_size: int = PART_SIZE) -> None:
        self.size = 0
        self._part_size = part_size
        self._part = _md5()
        self._parts: list[bytes] = []

    def update(self, chunk: bytes) -> None:
        """Add a chunk, at most as large as a part; it may cross the boundary of two parts."""
        room = self._part_size - self.size % self._part_size
        self._part.update(chunk[:room])
        if len(chunk) >= room:
            self._parts.append(self._part.digest())
            self._part = _md5(chunk[room:])
        self.size += len(chunk)

    def text(self) -> str:
        """Return the ETag of the content so far."""
        if self.size < self._part_size:
            return self._part.hexdigest()
        parts = [*self._parts, self._part.digest()] if self.size % self._part_size else self._parts
        return f"{_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


class Utf8:
    """An incremental check that content is UTF-8. enabled: False for content that is not text."""

    def __init__(self, enabled: bool) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")() if enabled else None

    def update(self, chunk: bytes) -> None:
        """Check the next chunk of the content, which may end within a character."""
        self._decode(chunk)

    def valid(self) -> bool:
        """Return True if the content is text in UTF-8."""
        self._decode(b"", final=True)
        return self._decoder is not None

    def _decode(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            if self._decoder:
                self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._decoder = None


def _md5(content: bytes = b"") -> hashlib._Hash:
    return hashlib.md5(content, usedforsecurity=False)


def _valid(key: str, path: Path) -> str:
    """Return `key`. Raises OutputError if S3 cannot store it or list it in XML, and for files of the router."""
    try:
        problem = "is a path longer than S3 allows" if len(key.encode()) > KEY_LIMIT else ""
    except UnicodeEncodeError:
        problem = "has a name that is not UTF-8"
    if any(character < " " or character == "\x7f" for character in key):
        problem = "has a control character in its name"
    if key in SITE_KEYS:
        problem = "has the name of a file that the router writes"
    if problem:
        raise OutputError(ascii(str(path)), problem, "rename it")
    return key
