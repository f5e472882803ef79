"""The preview serves with CloudFront's headers, follows edits, and reports errors."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from errors import ProjectError, UsageError
from settings import STRICT_CONTENT_SECURITY_POLICY, validate
from site_gen.folders.output import Contents
from site_gen.pages.edition import Edition
from site_gen.pdf import ChromiumPrinter
from site_gen.preview import EMBEDDED, HEADERS, LOOPBACK, Preview, open_server, serve
from template_gen.response_headers import EMBEDDED_PATHS
from template_gen.stack import generate, to_json
from tests.http_server import serving
from tests.site_gen.conftest import MakeSource

THEME = {
    "index.html.jinja": "<style>{{ style('a.css') }}</style><h1>{{ resume.basics.name }}</h1>",
    "404.html.jinja": "lost",
    "a.css": "a{}",
}


class Client:
    def __init__(self, preview: Preview, port: int, said: list[str]) -> None:
        self.preview, self.port, self.said = preview, port, said

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body


@contextmanager
def running(preview: Preview) -> Iterator[Client]:
    with serving(open_server(preview, 0)) as server:
        yield Client(preview, server.server_address[1], [])


@pytest.fixture
def client(make_source: MakeSource, tmp_path: Path) -> Iterator[Client]:
    said: list[str] = []
    source = make_source(theme=THEME)
    preview = Preview(source, tmp_path / "built", Edition(), STRICT_CONTENT_SECURITY_POLICY, said.append)
    with running(preview) as client:
        client.said = said
        yield client


def test_pages_have_the_headers_of_the_response_headers_policy(client: Client) -> None:
    status, headers, body = client.get("/")
    assert status == 200
    assert b"<h1>Ada</h1>" in body
    policy = json.loads(to_json(generate(validate({}, Path("settings.toml")))))["Resources"]["SecurityHeaders"]
    config = policy["Properties"]["ResponseHeadersPolicyConfig"]
    for added in config["CustomHeadersConfig"]["Items"]:
        assert headers[added["Header"]] == added["Value"]
    wanted = config["SecurityHeadersConfig"]
    assert wanted.keys() == {
        *("ContentSecurityPolicy", "ContentTypeOptions", "FrameOptions", "ReferrerPolicy", "StrictTransportSecurity")
    }
    assert headers["X-Frame-Options"] == wanted["FrameOptions"]["FrameOption"]
    assert headers["Referrer-Policy"] == wanted["ReferrerPolicy"]["ReferrerPolicy"]
    age = wanted["StrictTransportSecurity"]["AccessControlMaxAgeSec"]
    assert headers["Strict-Transport-Security"] == f"max-age={age}"
    template = wanted["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    before, after = template.split("${InlineStyles}")
    assert headers["Content-Security-Policy"].startswith(before + "'sha256-")
    assert headers["Content-Security-Policy"].endswith(after)
    assert headers.keys() >= HEADERS.keys()


def test_only_what_pages_elsewhere_embed_may_be_embedded(client: Client) -> None:
    assert EMBEDDED == EMBEDDED_PATHS
    own, embedded = ("/", "/visitor-count.json"), [path.replace("*", "0a") for path in EMBEDDED_PATHS]
    policies = {path: client.get(path)[1]["Cross-Origin-Resource-Policy"] for path in (*own, *embedded)}
    assert policies == {**dict.fromkeys(own, "same-site"), **dict.fromkeys(embedded, "cross-origin")}


def test_scripts_elsewhere_may_read_what_they_may_embed(client: Client) -> None:
    """CloudFront adds the header to requests with Origin only."""
    readable = "Access-Control-Allow-Origin"
    for path in (path.replace("*", "0a") for path in EMBEDDED_PATHS):
        assert client.get(path, Origin="https://blog.example.com")[1].get(readable) == "*", path
        assert readable not in client.get(path)[1]
    assert client.get("/visitor-count.js?v=1", Origin="https://blog.example.com")[0] != 403
    status, headers, _ = client.get("/", Origin="https://blog.example.com")
    assert (status, readable in headers) == (403, False)
    assert readable not in client.get("/", Origin=f"http://localhost:{client.port}")[1]
    (client.preview.source / "resume.json").write_text("{")
    status, headers, _ = client.get("/count.json", Origin="https://blog.example.com")
    assert (status, readable in headers) == (500, False)


def test_edits_show_and_mistakes_are_reported_once(client: Client) -> None:
    resume = client.preview.source / "resume.json"
    client.get("/")
    resume.write_text('{"basics": {"name": "Grace"}}')
    assert b"Grace" in client.get("/")[2]
    resume.write_text("{")
    status, _, body = client.get("/")
    assert status == 500
    assert b"not JSON" in body
    client.get("/")
    assert len(client.said) == 1
    resume.write_text('{"basics": {"name": "Grace Again"}}')
    assert b"Grace Again" in client.get("/")[2]


@pytest.mark.parametrize("path", ["/nothing", "/../../resume.json", "/%2e%2e/source/resume.json", "/assets"])
def test_what_is_not_there_is_the_sites_404(client: Client, path: str) -> None:
    status, _, body = client.get(path)
    assert (status, body) == (404, b"lost")


class Printer(ChromiumPrinter):
    """A printer that prints immediately, and counts."""

    prints = 0

    def _print(self, _: Contents, browser: str) -> bytes | None:
        Printer.prints += 1
        return b"%PDF " if browser == "able" else None


def pdf_preview(source: Path, folder: Path, browser: str | None) -> Preview:
    printer = Printer(folder / "kept", browser, lambda _: None)
    return Preview(source, folder / "built", Edition(), STRICT_CONTENT_SECURITY_POLICY, lambda _: None, printer)


def test_the_pdf_is_offered_at_once_and_printed_for_who_asks_first(site: Path, tmp_path: Path) -> None:
    preview = pdf_preview(site, tmp_path, "able")
    before = Printer.prints
    with running(preview) as client:
        assert b'href="resume.pdf"' in client.get("/")[2]
        assert Printer.prints == before, "nobody has asked for it yet"
        for _ in range(2):
            status, headers, body = client.get("/resume.pdf")
            assert (status, headers["Content-Type"], body) == (200, "application/pdf", b"%PDF ")
        assert Printer.prints == before + 1
        assert b'href="resume.pdf"' in client.get("/")[2]


@pytest.mark.parametrize(("browser", "offered"), [(None, False), ("unable", True)])
def test_without_a_browser_that_prints_there_is_neither_pdf_nor_link(
    site: Path, tmp_path: Path, browser: str | None, offered: bool
) -> None:
    with running(pdf_preview(site, tmp_path, browser)) as client:
        assert (b"resume.pdf" in client.get("/")[2]) is offered
        assert client.get("/resume.pdf")[0] == 404
        assert b"resume.pdf" not in client.get("/")[2]


def test_a_head_request_has_no_body(client: Client) -> None:
    status, headers, body = client.get("/", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


def test_what_no_edit_of_the_site_fixes_ends_it_at_once(make_source: MakeSource, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere, source = tmp_path / "none", make_source(theme=THEME)
    for folder, destination in ((nowhere, tmp_path / "built"), (source, tmp_path / "file" / "built")):
        said: list[str] = []
        with pytest.raises(ProjectError, match=r"there is no such folder|cannot be written"):
            serve(Preview(folder, destination, Edition(), "", said.append), 0)
        assert said == []


def test_a_port_that_is_taken_is_reported(client: Client) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        open_server(client.preview, client.port)


def test_a_foreign_host_name_gets_nothing(client: Client) -> None:
    for host in (f"evil.example:{client.port}", "localhost", "localhost:1"):
        status, headers, body = client.get("/", Host=host)
        assert status == 421
        assert b"<h1>" not in body
        assert headers["Content-Security-Policy"]
    assert client.get("/", Host=f"localhost:{client.port}")[0] == 200


def test_a_foreign_page_gets_nothing_but_may_link_here(client: Client) -> None:
    assert client.get("/", Origin="https://evil.example")[0] == 403
    assert client.get("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="script")[0] == 403
    assert client.get("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")[0] == 200
