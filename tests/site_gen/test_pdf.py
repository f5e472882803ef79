"""Printing with a fake browser: its arguments, the cache, and stopping it."""

from __future__ import annotations

import os
import threading
from pathlib import Path, PurePosixPath

import pytest

from site_gen.pdf import FRONT_PAGE, LATER, ChromiumPrinter
from tests.local_system import wait_until

FONT = PurePosixPath("assets/f.0123456789ab.woff2")
PAGE = b'<style>@font-face{src:url("/assets/f.0123456789ab.woff2")}</style>'
CONTENTS = {FRONT_PAGE: PAGE, FONT: b"wOF2"}
PRINTS = """for argument; do
  case $argument in --print-to-pdf=*) pdf=${argument#*=};; file://*) page=${argument#file://};; esac
done
cp "$page" "$pdf"
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the browser is a shell script")


def browser(folder: Path, script: str) -> str:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    return str(path)


def test_the_fonts_lie_in_the_page_that_is_printed(tmp_path: Path) -> None:
    said: list[str] = []
    printed = ChromiumPrinter(tmp_path / "kept", browser(tmp_path, PRINTS), said.append)(CONTENTS)
    assert printed == b'<style>@font-face{src:url("data:font/woff2;base64,d09GMg==")}</style>'
    assert said == []


def test_what_was_printed_before_is_kept_and_promised_without_a_browser(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    without = ChromiumPrinter(kept, None, lambda _: None)
    assert without.promise(CONTENTS) is None
    printer = ChromiumPrinter(kept, browser(tmp_path, PRINTS), lambda _: None)
    assert printer.promise(CONTENTS) == LATER
    assert not kept.exists(), "a promise prints nothing"
    printed = printer(CONTENTS)
    assert printed
    assert without.promise(CONTENTS) == LATER
    assert without(CONTENTS) == printed


def test_without_a_browser_and_with_a_broken_one_it_says_why(tmp_path: Path) -> None:
    said: list[str] = []
    assert ChromiumPrinter(tmp_path, None, said.append)(CONTENTS) is None
    assert ChromiumPrinter(tmp_path, browser(tmp_path, "exit 3"), said.append)(CONTENTS) is None
    assert ChromiumPrinter(tmp_path, str(tmp_path / "none"), said.append)(CONTENTS) is None
    assert "no Chromium" in said[0]
    assert "exited with code 3" in said[1]
    assert "No such file" in said[2]


def test_stopping_ends_the_browser_and_all_that_it_started(tmp_path: Path) -> None:
    said: list[str] = []
    pids = tmp_path / "pids"
    script = f"sleep 1000 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait"
    printer = ChromiumPrinter(tmp_path / "kept", browser(tmp_path, script), said.append)
    printed: list[bytes | None] = []
    thread = threading.Thread(target=lambda: printed.append(printer(CONTENTS)))
    thread.start()
    wait_until(pids.exists, "it prints")
    printer.stop()
    thread.join()
    assert printed == [None]
    assert said == []
    wait_until(lambda: not any(map(runs, pids.read_text().split())), "both have ended")


def runs(pid: str) -> bool:
    """Return True if the process is running; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
