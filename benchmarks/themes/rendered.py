"""Résumés, rendered by a theme and served on the loopback interface."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from site_gen.pages.edition import Edition
from tests.browser.light import served
from tests.browser.node_tools import NODE, node_modules
from tests.browser.resumes import COLLECTION, LANGUAGES
from tests.http_server import serving

HERE = Path(__file__).parent
SAMPLE = "sample"
OURS = "cloud-resume"
PREFIX = "jsonresume-theme-"

Addresses = dict[str, str]
"""Résumé → address of its page, for those that the theme could render."""


def resumes() -> dict[str, dict[str, Any]]:
    """Return the sample résumé and the odd ones of the browser tests."""
    sample = json.loads((HERE.parents[1] / "site" / "resume.json").read_text(encoding="utf-8"))
    return {SAMPLE: sample, **COLLECTION}


def peers() -> list[str]:
    """Return the names of the other themes."""
    packages = json.loads((HERE / "node" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return [name.removeprefix(PREFIX) for name in packages]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def theirs(theme: str, folder: Path) -> Iterator[Addresses]:
    """Render the résumés with another theme, and serve them."""
    folder.mkdir()
    names = {name.replace(" ", "-"): name for name in resumes()}
    for file, name in names.items():
        (folder / f"{file}.json").write_text(json.dumps(resumes()[name]), encoding="utf-8")
    program = shutil.copy(HERE / "render.mjs", node_modules(HERE / "node", "themes").parent)
    subprocess.run([str(NODE), program, str(folder), PREFIX + theme], check=True, capture_output=True)
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))) as server:
        root = f"http://localhost:{server.server_address[1]}"
        yield {name: f"{root}/{file}/" for file, name in names.items() if (folder / file / "index.html").exists()}


@contextmanager
def ours(folder: Path) -> Iterator[Addresses]:
    """Serve the résumés with the project's theme."""
    folder.mkdir()
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                served(folder / name.replace(" ", "-"), resume, Edition(language=LANGUAGES.get(name, "en")))
            )
            for name, resume in resumes().items()
        }
