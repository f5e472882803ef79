"""A local server that stands in for OSV and npm's registry, for `build.py audit`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.http_server import serving

OSV, BULK = "/v1/query", "/-/npm/v1/security/advisories/bulk"


class Databases(ThreadingHTTPServer):
    """The server. It knows one vulnerability of each package in `vulnerable`, (name, version), and npm's
    `advisories`."""

    def __init__(self, vulnerable: set[tuple[str, str]], advisories: dict[str, str], status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vulnerable, self.advisories, self.status = vulnerable, advisories, status
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def osv(self, query: dict[str, Any]) -> dict[str, Any]:
        """Answer a query. Source: OSV's API, "Query vulnerabilities for a particular project"."""
        name, version = query["package"]["name"], query["version"]
        self.asked.append((name, version))
        if (name, version) not in self.vulnerable:
            return {}
        fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}
        affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [fixed]}
        return {"vulns": [{"id": f"OSV-{name}", "summary": "planted", "affected": [affected]}]}

    def npm(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Answer a bulk request. Source: npm's bulk advisory endpoint."""
        self.asked += [(name, version) for name, versions in query.items() for version in versions]
        found = {"id": 1, "url": "https://example.com/1", "title": "planted", "severity": "high"}
        return {n: [{**found, "vulnerable_versions": v}] for n, v in self.advisories.items() if n in query}


class _Handler(BaseHTTPRequestHandler):
    server: Databases

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = json.loads(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        self._answer({OSV: self.server.osv, BULK: self.server.npm}[self.path](query))

    def do_GET(self) -> None:
        """Return a package's document, in which npm looks for versions that are not vulnerable."""
        name = self.path[1:]
        dist = {"tarball": "", "shasum": ""}
        versions = {one: {"name": name, "version": one, "dist": dist} for one in ("1.0.0", "2.0.0")}
        self._answer({"name": name, "dist-tags": {"latest": "2.0.0"}, "versions": versions})

    def _answer(self, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def databases(
    *vulnerable: tuple[str, str], advisories: dict[str, str] | None = None, status: int = 200
) -> Iterator[Databases]:
    with serving(Databases(set(vulnerable), advisories or {}, status)) as server:
        yield server
