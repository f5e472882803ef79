"""resume.pdf: the front page, printed by an installed Chromium. Without one, there is no PDF.

Printing takes a second or two. So a printed page is cached by its hash, and a deploy without changes prints nothing;
`build.py local` prints the PDF at the first request for it. The dates that Chromium writes into the file are replaced
by a constant, so the same page printed by the same Chromium gives the same bytes.
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
from site_gen.lost_text import fonts_for, is_damaged, lost_characters

Printer = Callable[[Contents], "bytes | None"]
"""Prints the front page of a site as PDF; returns None if it cannot, and `LATER` if the page may link to it already."""

LATER = b""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
TIMEOUT_SECONDS = 60
"""Timeout in seconds; printing takes one or two."""
POLL_SECONDS = 0.05
"""Seconds between two checks for a request to stop."""

DATES = re.compile(rb"\(D:\d{14}([+-]\d\d'\d\d'|Z)?\)")
COUNTER = re.compile(rb"<visitor-count.*?</visitor-count>", re.DOTALL)
"""The counter, whose number differs at every deploy."""

STRUCTURE = ("--export-tagged-pdf", "--generate-pdf-document-outline")
"""Chromium's options for the tags that a screen reader needs, and an outline of the headings."""

SHOWN = 8
"""How many lost characters a message shows."""

FONT_URL = re.compile(rb'url\("/([^":]+\.woff2)"\)')
FRONT_PAGE = PurePosixPath("index.html")


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, None if there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or (str(MAC) if MAC.exists() else None)


@dataclass(frozen=True)
class ChromiumPrinter:
    """A printer that runs Chromium. kept: the cache folder. browser: a Chromium, or None. say: prints a line when it
    cannot print."""

    kept: Path
    browser: str | None
    say: Callable[[str], None]
    _stopped: threading.Event = field(default_factory=threading.Event)
    _printing: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, contents: Contents) -> bytes | None:
        """Return the front page of `contents` as PDF; if it cannot be printed, print a line with the reason and return
        None."""
        kept = self._place(contents)
        with explain_os_errors(kept, "written"), self._printing:
            if kept.exists():
                return kept.read_bytes()
            if self.browser is None:
                self.say("resume.pdf: skipped, no Chromium found to print it")
                return None
            printed = self._print(contents, self.browser)
            if printed is None:
                return None
            if lost := lost_characters(printed, read(contents, FRONT_PAGE)):
                return self._accepted(printed, lost)
            self.kept.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(printed)
            return printed

    def _accepted(self, printed: bytes, lost: str) -> bytes | None:
        """Print a line about characters that no font has. Return the PDF, or None if words are incomplete. It is not
        cached: once the fonts are installed, it has to be printed again."""
        damaged = is_damaged(lost)
        shown = " ".join(lost[:SHOWN]) + (" …" if len(lost) > SHOWN else "")
        self.say(
            f"resume.pdf: {'skipped' if damaged else 'incomplete'}, no font on this machine has {shown}; install one "
            f"(on Debian and Ubuntu: apt install {fonts_for(lost)}) and build again"
        )
        return None if damaged else printed

    def promise(self, contents: Contents) -> bytes | None:
        """Return `LATER` if this printer could print the page, else None: a printer that prints nothing yet."""
        with explain_os_errors(self.kept, "read"):
            return LATER if self.browser or self._place(contents).exists() else None

    def stop(self) -> None:
        """Cancel printing; pending calls return None. Returns when the browser has exited."""
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
                    self.say(f"resume.pdf: skipped, {browser} did not print it: {failed or 'it wrote no file'}")
                return None
            return DATES.sub(constant_date, pdf.read_bytes())


def with_fonts_inside(contents: Contents) -> bytes:
    """Return the front page with its fonts embedded: Chromium waits only two seconds for a font before it uses
    another."""

    def inside(match: re.Match[bytes]) -> bytes:
        path = PurePosixPath(match[1].decode())
        if path not in contents:
            return match[0]
        return b'url("data:font/woff2;base64,' + base64.b64encode(read(contents, path)) + b'")'

    return FONT_URL.sub(inside, read(contents, FRONT_PAGE))


def read(contents: Contents, path: PurePosixPath) -> bytes:
    """Return the content of a file of the site, from memory or from the disk."""
    content = contents[path]
    return content if isinstance(content, bytes) else content.read_bytes()


def fingerprint(contents: Contents) -> str:
    """Return a hash of everything that affects the print: the page, and the fonts and pictures it names by their
    hash."""
    return hashlib.sha256(COUNTER.sub(b"", read(contents, FRONT_PAGE))).hexdigest()[:32]


def command(browser: str, folder: Path, pdf: Path) -> list[str]:
    """Return the command that prints the front page. folder: temporary, with the site below it. pdf: the file to
    write."""
    # The sandbox does not start as root (containers, CI); only our own file is opened.
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", *alone),
        *("--disable-background-networking", "--no-pdf-header-footer", *STRUCTURE),
        f"--user-data-dir={folder / 'profile'}",
        *(f"--print-to-pdf={pdf}", (folder / "site" / FRONT_PAGE).as_uri()),
    ]


def run(arguments: list[str], stopped: threading.Event) -> str:
    """Run the browser; return why it failed, or an empty text. Kill it with its child processes once `stopped` is
    set."""
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
    """Wait for the process; return why it failed, or an empty text."""
    for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
        if stopped.is_set():
            return "it was stopped"
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(POLL_SECONDS)
            return f"it exited with code {code}" if code else ""
    return f"it took more than {TIMEOUT_SECONDS} seconds"


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group of `process`."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def constant_date(match: re.Match[bytes]) -> bytes:
    """Return a date of the same length, because a PDF stores the offset of each of its parts."""
    return b"(D:20000101000000" + (match[1] or b"") + b")"
