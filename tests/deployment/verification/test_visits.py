"""The checks that no emulator can answer, against a server that answers as CloudFront does, or does not."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deployment.verification.check import FailedError
from deployment.verification.environment import Environment
from deployment.verification.visits import read_from_elsewhere
from settings import validate
from template_gen import names
from tests.deployment.fakes import FakeTarget, Lines
from tests.http_server import serving

BOTH = ("/count.json", "/visitor-count.js")


class Edge(BaseHTTPRequestHandler):
    """Lets the scripts of other sites read the `readable` paths."""

    readable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def do_GET(self) -> None:
        self.send_response(404 if self.path in self.missing else 200)
        self.send_header("Content-Length", "0")
        if self.path in self.readable and self.headers["Origin"] == "https://blog.example.com":
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def read(folder: Path, **attributes: object) -> str:
    handler = type("Handler", (Edge,), attributes)
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        target = FakeTarget(endpoint_url=f"http://127.0.0.1:{server.server_address[1]}")
        outputs = {names.DISTRIBUTION_DOMAIN: "d1.cloudfront.net", names.WEB_SOCKET_API_ID: "api"}
        made = Environment(validate({}, folder / "settings.toml"), target, folder, Lines(), outputs)
        return read_from_elsewhere(made, patience=0)


def test_count_json_and_the_component_must_be_readable_from_elsewhere(tmp_path: Path) -> None:
    assert read(tmp_path, readable=BOTH) == "2 answers may be read by scripts of other sites"
    with pytest.raises(FailedError, match=r"/count\.json: the header access-control-allow-origin is None and not"):
        read(tmp_path, readable=BOTH[1:])
    with pytest.raises(FailedError, match=r"/visitor-count\.js: the header"):
        read(tmp_path, readable=BOTH[:1])
    with pytest.raises(FailedError, match=r"/count\.json has status 404"):
        read(tmp_path, readable=BOTH, missing=BOTH[:1])
