"""A static site of the user's own, from disk to browser: folder pages, content types, and a 404 for missing files."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.local_system import LocalSystem, copy_project, wait_until

pytestmark = pytest.mark.cloud

FILES = {
    "index.html": b"<h1>Mine</h1>",
    "blog/index.html": b"<img src=cat.svg>",
    "blog/cat.svg": b"<svg/>",
    "über uns/index.html": "Über uns".encode(),
    "fonts/a b.woff2": b"wOF2",
    "old.html": "<meta charset=latin1>ü".encode("latin-1"),
    "100%+.txt": b"",
    ".well-known/token": b"token",
    ".env": b"secret",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    project = copy_project(tmp_path_factory.mktemp("project"))
    write(project / "mine")
    settings = project / "settings.toml"
    settings.write_text(settings.read_text().replace('folder = "site"', 'folder = "mine"'))
    running = LocalSystem(project)
    try:
        yield running.ready()
    finally:
        running.end()
        wait_until(lambda: not running.processes(), "every process of the system has ended")


def write(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def get(system: LocalSystem, path: str) -> tuple[int, str, bytes]:
    """Return status, type (of a redirect: its location) and content, without following redirects."""
    connection = HTTPConnection("localhost", system.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Location"] or answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/blog/", "blog/index.html", "text/html; charset=utf-8"),
        ("/blog/index.html", "blog/index.html", "text/html; charset=utf-8"),
        ("/blog/cat.svg", "blog/cat.svg", "image/svg+xml; charset=utf-8"),
        ("/%C3%BCber%20uns/", "über uns/index.html", "text/html; charset=utf-8"),
        ("/fonts/a%20b.woff2", "fonts/a b.woff2", "font/woff2"),
        ("/old.html", "old.html", "text/html"),
        ("/100%25%2B.txt", "100%+.txt", "text/plain; charset=utf-8"),
        ("/.well-known/token", ".well-known/token", "application/octet-stream"),
    ],
)
def test_a_file_is_served_as_what_it_is(own: LocalSystem, path: str, name: str, kind: str) -> None:
    assert get(own, path) == (200, kind, FILES[name])


def test_a_folder_leads_to_the_address_at_which_its_relative_links_are_right(own: LocalSystem) -> None:
    assert get(own, "/blog")[:2] == (301, "/blog/")
    assert get(own, "/blog?from=mail")[:2] == (301, "/blog/?from=mail")


@pytest.mark.parametrize("path", ["/no-such-page.html", "/no/such/folder/", "/.env"])
def test_what_is_missing_or_hidden_is_a_404_with_a_page(own: LocalSystem, path: str) -> None:
    status, kind, body = get(own, path)
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert b"There is no page at this address" in body
