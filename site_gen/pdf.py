"""resume.pdf: the front page, printed by the Chromium that is here. Where there is none, there is no PDF.

Printing takes a second or two, so the local loop does without, and a page printed once is kept by its hash: a deploy
that changes nothing prints nothing. The dates that Chromium writes into the file are made a constant one, so the same
page printed by the same Chromium gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from site_gen.access import explain_os_errors
from site_gen.output import Contents, write_file

Printer = Callable[[Contents], "bytes | None"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PATIENCE = 60
"""Seconds; it takes one or two."""

DATES = re.compile(rb"\(D:\d{14}([+-]\d\d'\d\d'|Z)?\)")
UNPRINTED = re.compile(rb"<visitor-count.*?</visitor-count>", re.DOTALL)
"""Its number is another at every deploy."""

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

    def __call__(self, contents: Contents) -> bytes | None:
        """The front page of `contents` as PDF; None, and a line that says why, where it cannot be printed."""
        kept = self.kept / f"{fingerprint(contents)}.pdf"
        with explain_os_errors(kept, "written"):
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

    def _print(self, contents: Contents, browser: str) -> bytes | None:
        with tempfile.TemporaryDirectory(prefix="resume-pdf-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            for path, content in contents.items():
                write_file(folder / "site" / path, content)
            pdf = folder / "resume.pdf"
            failed = run(command(browser, folder, pdf))
            if failed or not pdf.exists():
                self.say(f"resume.pdf: left out, {browser} did not print it: {failed or 'it made no file'}")
                return None
            return DATES.sub(constant_date, pdf.read_bytes())


def fingerprint(contents: Contents) -> str:
    """Of all that can change the print: the page itself, and the pictures it names by their hash."""
    page = contents[FRONT_PAGE]
    text = page if isinstance(page, bytes) else page.read_bytes()
    return hashlib.sha256(UNPRINTED.sub(b"", text)).hexdigest()[:32]


def command(browser: str, folder: Path, pdf: Path) -> list[str]:
    # The sandbox does not start as root (containers, CI); what is opened is our own file, and nothing else.
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", *alone),
        *("--disable-background-networking", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"),
        *(f"--print-to-pdf={pdf}", (folder / "site" / FRONT_PAGE).as_uri()),
    ]


def run(arguments: list[str]) -> str:
    """Why it failed, or nothing."""
    try:
        done = subprocess.run(arguments, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return f"it ended with {done.returncode}" if done.returncode else ""


def constant_date(match: re.Match[bytes]) -> bytes:
    """The same length, since a PDF knows where in the file each of its parts begins."""
    return b"(D:20000101000000" + (match[1] or b"") + b")"
