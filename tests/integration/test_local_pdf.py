"""`build.py local` offers the resume.pdf that a deploy uploads, printed at the first request."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud

PRINTS = """#!/bin/sh
for argument; do
  case $argument in --print-to-pdf=*) pdf=${argument#*=};; file://*) page=${argument#file://};; esac
done
echo once >> "$PRINTED"
{ echo %PDF; cat "$page"; } > "$pdf"
"""
HANGS = '#!/bin/sh\necho $$ > "$PRINTED"\nexec sleep 1000\n'


def with_browser(folder: Path, script: str) -> dict[str, Any]:
    """Return the environment in which `script` is the only browser."""
    folder.mkdir()
    if script:
        (folder / "chromium").write_text(script)
        (folder / "chromium").chmod(0o755)
    # What a shell script needs, and no browser that this machine has.
    for tool in ("sh", "cat", "sleep"):
        (folder / tool).symlink_to(next(path for path in (Path("/bin", tool), Path("/usr/bin", tool)) if path.exists()))
    return {"PATH": str(folder), "PRINTED": str(folder / "printed")}


def get(system: LocalSystem, path: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(system.url + path, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", error.read()


def test_it_is_printed_once_for_all_who_ask_and_again_after_an_edit(project: Path, tmp_path: Path) -> None:
    environment = with_browser(tmp_path / "bin", PRINTS)
    printed = Path(environment["PRINTED"])
    system = LocalSystem(project, **environment).ready()
    try:
        assert b'href="resume.pdf"' in get(system, "/")[2]
        assert not printed.exists(), "the start has not waited for it"
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda _: get(system, "/resume.pdf"), range(4)))
        assert {answer[:2] for answer in answers} == {(200, "application/pdf")}
        assert all(b"Elin Marlowe" in answer[2] for answer in answers)
        assert printed.read_text() == "once\n"

        resume = project / "site/resume.json"
        content = json.loads(resume.read_text())
        content["basics"]["name"] = "Grace Newcomer"
        resume.write_text(json.dumps(content))
        system.wait_for("republished")
        assert b'href="resume.pdf"' in get(system, "/")[2]
        assert b"Grace Newcomer" in get(system, "/resume.pdf")[2]
    finally:
        system.end()
    assert "Traceback" not in system.output


def test_without_a_browser_there_is_neither_pdf_nor_link(project: Path, tmp_path: Path) -> None:
    system = LocalSystem(project, **with_browser(tmp_path / "bin", "")).ready()
    try:
        assert b"resume.pdf" not in get(system, "/")[2]
        assert get(system, "/resume.pdf")[0] == 404
    finally:
        system.end()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_stop_ends_a_browser_that_is_printing(project: Path, tmp_path: Path) -> None:
    environment = with_browser(tmp_path / "bin", HANGS)
    printed = Path(environment["PRINTED"])
    system = LocalSystem(project, **environment, TMPDIR=str(tmp_path)).ready()
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: get(system, "/resume.pdf"))
        wait_until(lambda: printed.exists() and printed.read_text().endswith("\n"), "the browser runs")
        assert Path("/proc", printed.read_text().strip()).exists()
        assert system.end(signal.SIGTERM) == 0
    assert "Traceback" not in system.output
    wait_until(lambda: not system.processes(), "every process has ended")
    assert not list(tmp_path.glob("resume-pdf-*"))
