"""A preview of the site on this machine without a cloud: rebuilt when a file changes, served with CloudFront's headers.

The headers are those of the response headers policy (a test compares them with the template), so a violation of the
security policy shows here. resume.pdf is printed at the first request. Only `/live` is missing: the counter shows that
it is offline.
"""

from __future__ import annotations

import functools
import gzip
import html
import mimetypes
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from console import Say
from errors import ProjectError, UsageError
from router.contract.files import SITE_KEYS
from settings import INLINE_STYLES, PERMISSIONS_POLICY
from site_gen.folders.access import explain_os_errors
from site_gen.folders.source import require_folder, walk_files
from site_gen.local_request import Refusal, Request, refusal
from site_gen.pages.assets import COUNTER_NAME
from site_gen.pages.edition import Edition
from site_gen.pdf import ChromiumPrinter, Printer
from site_gen.pipeline import PDF, BuiltSite, build_site

LOOPBACK = "127.0.0.1"
INDEX = "index.html"
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
EMBEDDED = (*(f"/{key}" for key in SITE_KEYS), f"/{COUNTER_NAME}", "/assets/card.*.png")
"""Paths that pages elsewhere may embed, and their scripts may read, as in the template (a test compares them)."""

TYPES = {".ico": "image/x-icon", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}
TEXT = ("text/", "application/json", "application/manifest+json", "application/xml", "image/svg+xml")


@dataclass
class Preview:
    """A site that is rebuilt when its files change.

    policy: the Content-Security-Policy, with the placeholder for the hashes of inline styles. printer: prints
    resume.pdf; without one the page does not link to it. permissions: the Permissions-Policy. ignore: as in build_site.
    """

    source: Path
    destination: Path
    edition: Edition
    policy: str
    say: Say
    printer: ChromiumPrinter | None = None
    permissions: str = PERMISSIONS_POLICY
    ignore: tuple[str, ...] = ()
    _seen: object = None
    _printed: object = None
    _built: BuiltSite | None = None
    _problem: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Build for the first time. Raises ProjectError for a problem that no edit of the site's files would fix."""
        require_folder(self.source)
        with explain_os_errors(self.destination, "written"):
            self.destination.mkdir(parents=True, exist_ok=True)
        self.refresh()

    def refresh(self) -> None:
        """Rebuild if a file has changed since the last time. A problem is printed once, and shown on the page."""
        with self._lock:
            seen = snapshot(self.source)
            if seen == self._seen:
                return
            self._seen = seen
            self._build(self.printer.promise if self.printer else None)
            for note in self._built.notes if self._built and not self._problem else ():
                self.say(f"note: {note}")

    def print_pdf(self) -> None:
        """Print resume.pdf of the last build, once. If it cannot be printed, the page no longer links to it."""
        with self._lock:
            if self.printer and not self._problem and self._printed != self._seen:
                self._build(self.printer)
                self._printed = self._seen

    def _build(self, print_pdf: Printer | None) -> None:
        try:
            self._built = build_site(
                self.source, self.destination, self.edition, print_pdf=print_pdf, ignore=self.ignore
            )
            self._problem = ""
        except ProjectError as error:
            self._problem = str(error)
            self.say(f"error: {error}")

    @property
    def problem(self) -> str:
        """Return the error of the last build, an empty text if it succeeded."""
        return self._problem

    def headers(self) -> dict[str, str]:
        """Return the response headers of the current build."""
        styles = self._built.inline_styles if self._built else ()
        policy = self.policy.replace(INLINE_STYLES, " ".join(styles))
        return {**HEADERS, "Content-Security-Policy": policy, "Permissions-Policy": self.permissions}

    def file(self, path: str) -> Path | None:
        """Return the published file for a URL's path, a folder's index document for "/fr/"; None if there is none."""
        wanted = unquote(urlsplit(path).path).lstrip("/")
        folder = self.destination.resolve()
        found = (folder / wanted / INDEX if wanted.endswith("/") or not wanted else folder / wanted).resolve()
        return found if found.is_file() and found.is_relative_to(folder) else None


def snapshot(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return every file with its modification time and size: equal as long as nothing was edited."""
    states = ((str(path), path.stat()) for path in walk_files(folder))
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in states)


class Handler(BaseHTTPRequestHandler):
    """The HTTP handler of the preview."""

    protocol_version = "HTTP/1.1"
    server: ThreadingHTTPServer

    def __init__(self, preview: Preview, *arguments: object) -> None:
        self.preview = preview
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Serve a file of the site, built anew if its source has changed, or the problem that prevents the build."""
        refused = self._refusal()
        if refused:
            self.close_connection = True
            self._send(HTTPStatus(refused.status), "text/plain", f"{refused.reason}\n".encode())
            return
        self.preview.refresh()
        if self.preview.problem:
            page = f"<!doctype html><title>Not built</title><pre>{html.escape(self.preview.problem)}</pre>"
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", page.encode())
            return
        if PurePosixPath(urlsplit(self.path).path).name == PDF.name:
            self.preview.print_pdf()
        found = self.preview.file(self.path)
        missing = self.preview.file("/404.html")
        if found:
            self._send(HTTPStatus.OK, content_type(found), found.read_bytes())
        elif missing:
            self._send(HTTPStatus.NOT_FOUND, "text/html", missing.read_bytes())
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"There is no page here.\n")

    do_HEAD = do_GET  # noqa: N815 - likewise

    def _refusal(self) -> Refusal | None:
        """Check the request line as received, because http.server strips leading slashes from the path."""
        asked = Request(self.command, self.requestline.split()[1], self.headers.items())
        return refusal(asked, self.server.server_port, public=self._is_public())

    def _is_public(self) -> bool:
        """Return True if pages elsewhere may embed and read the requested file."""
        path = self.requestline.split()[1].partition("?")[0]
        return any(fnmatchcase(path, pattern) for pattern in EMBEDDED)

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        is_text = kind.startswith(TEXT)
        self.send_response(status)
        if is_text and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        headers = self.preview.headers()
        if self._is_public():
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            # The error of a build names folders of this machine.
            if "Origin" in self.headers and status is not HTTPStatus.INTERNAL_SERVER_ERROR:
                headers["Access-Control-Allow-Origin"] = "*"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: errors of the site are printed when it is built."""


def content_type(path: Path) -> str:
    """Return the media type of a file by its suffix."""
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def open_server(preview: Preview, port: int) -> ThreadingHTTPServer:
    """Listen on the loopback interface only; port 0 takes a free port. Raises UsageError when the port cannot be
    used."""
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), functools.partial(Handler, preview))
    except (OSError, OverflowError) as error:
        raise UsageError(f"--port {port}", f"cannot be used: {error}", "choose another, or 0 for a free one") from error
    server.daemon_threads = True
    return server


def serve(preview: Preview, port: int) -> None:
    """Serve the preview until Ctrl-C. Raises ProjectError when it cannot start."""
    preview.begin()
    with open_server(preview, port) as server:
        preview.say(f"Preview: http://localhost:{server.server_address[1]} (reload to see edits; Ctrl-C to stop)")
        try:
            with suppress(KeyboardInterrupt):
                server.serve_forever()
        finally:
            if preview.printer:
                preview.printer.stop()
