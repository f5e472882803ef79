"""resume.pdf: the front page, printed by the Chromium that is here. Where there is none, there is no PDF.

Printing takes a second or two. So a page printed once is kept by its hash, and a deploy that changes nothing prints
nothing; the local loop only promises the file, and prints it for whoever asks first. The dates that Chromium writes
into the file are made a constant one, so the same page printed by the same Chromium gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from site_gen.folders.access import explain_os_errors
from site_gen.folders.output import Contents, write_file

Printer = Callable[[Contents], "bytes | None"]
"""The front page of a site as PDF; None where there is none, and `LATER` where the page may lead to it already."""

LATER = b""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PATIENCE = 60
"""Seconds; it takes one or two."""
LOOKING = 0.05
"""Seconds between two looks whether somebody wants it to stop."""

DATES = re.compile(rb"\(D:\d{14}([+-]\d\d'\d\d'|Z)?\)")
UNPRINTED = re.compile(rb"<visitor-count.*?</visitor-count>", re.DOTALL)
"""Its number is another at every deploy."""

FONT_URL = re.compile(rb'url\("/([^":]+\.woff2)"\)')
FRONT_PAGE = PurePosixPath("index.html")


def find_chromium() -> str | None:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or (str(MAC) if MAC.exists() else None)


@dataclass(frozen=True)
class ChromiumPrinter:
    """kept: the folder for what was printed before. browser: a Chromium, or None. say: gets a line when it cannot."""

    kept: Path
    browser: str | None
    say: Callable[[str], None]
    _stopped: threading.Event = field(default_factory=threading.Event)
    _printing: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, contents: Contents) -> bytes | None:
        """The front page of `contents` as PDF; None, and a line that says why, where it cannot be printed."""
        kept = self._place(contents)
        with explain_os_errors(kept, "written"), self._printing:
            if kept.exists():
                return kept.read_bytes()
            if self.browser is None:
                self.say("resume.pdf: left out, there is no Chromium here to print it")
                return None
            printed = self._print(contents, self.browser)
            if printed is not None:
                self.kept.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(printed)
            return printed

    def promise(self, contents: Contents) -> bytes | None:
        """A printer that prints nothing: says whether this one could."""
        with explain_os_errors(self.kept, "read"):
            return LATER if self.browser or self._place(contents).exists() else None

    def stop(self) -> None:
        """Prints no more; whoever waits for a PDF gets none. Returns when the browser has ended."""
        self._stopped.set()
        with self._printing:
            pass

    def _place(self, contents: Contents) -> Path:
        return self.kept / f"{fingerprint(contents)}.pdf"

    def _print(self, contents: Contents, browser: str) -> bytes | None:
        with tempfile.TemporaryDirectory(prefix="resume-pdf-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            for path, content in {**contents, FRONT_PAGE: with_fonts_inside(contents)}.items():
                write_file(folder / "site" / path, content)
            pdf = folder / "resume.pdf"
            failed = run(command(browser, folder, pdf), self._stopped)
            if failed or not pdf.exists():
                if not self._stopped.is_set():
                    self.say(f"resume.pdf: left out, {browser} did not print it: {failed or 'it made no file'}")
                return None
            return DATES.sub(constant_date, pdf.read_bytes())


def with_fonts_inside(contents: Contents) -> bytes:
    """The front page with its fonts as data: Chromium waits two seconds for a font, then prints with another one."""

    def inside(match: re.Match[bytes]) -> bytes:
        path = PurePosixPath(match[1].decode())
        if path not in contents:
            return match[0]
        return b'url("data:font/woff2;base64,' + base64.b64encode(read(contents, path)) + b'")'

    return FONT_URL.sub(inside, read(contents, FRONT_PAGE))


def read(contents: Contents, path: PurePosixPath) -> bytes:
    content = contents[path]
    return content if isinstance(content, bytes) else content.read_bytes()


def fingerprint(contents: Contents) -> str:
    """Of all that can change the print: the page itself, and the fonts and pictures it names by their hash."""
    return hashlib.sha256(UNPRINTED.sub(b"", read(contents, FRONT_PAGE))).hexdigest()[:32]


def command(browser: str, folder: Path, pdf: Path) -> list[str]:
    # The sandbox does not start as root (containers, CI); what is opened is our own file, and nothing else.
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", *alone),
        *("--disable-background-networking", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"),
        *(f"--print-to-pdf={pdf}", (folder / "site" / FRONT_PAGE).as_uri()),
    ]


def run(arguments: list[str], stopped: threading.Event) -> str:
    """Why it failed, or nothing. Ends the browser, with all that it started, once `stopped` is set."""
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(arguments, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError as error:
        return str(error)
    try:
        return outcome(process, stopped)
    finally:
        if process.poll() is None:
            end(process)


def outcome(process: subprocess.Popen[bytes], stopped: threading.Event) -> str:
    for _ in range(int(PATIENCE / LOOKING)):
        if stopped.is_set():
            return "it was stopped"
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(LOOKING)
            return f"it ended with {code}" if code else ""
    return f"it took more than {PATIENCE} seconds"


def end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def constant_date(match: re.Match[bytes]) -> bytes:
    """The same length, since a PDF knows where in the file each of its parts begins."""
    return b"(D:20000101000000" + (match[1] or b"") + b")"
