"""A foreign page, open in the developer's browser while `local` runs, reads, resets and executes nothing.

The page is served from another port of this machine and from a foreign host name, which to a browser is the same as any
site on the Internet. It sends everything that a page can send, to the edge and to the emulator behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import launched
from tests.http_server import serving
from tests.integration.test_attacks import RESET, create_stack, emulator_port
from tests.local_system import LocalSystem

pytestmark = [pytest.mark.browser, pytest.mark.cloud]

REBOUND = "evil.example"
"""A foreign host name that resolves to this machine."""

ATTACK = """async ({target, query, reset}) => {
  const outcome = (name, promise, limit = 20000) => Promise.race([
    promise.then(value => [name, value], error => [name, 'failed']),
    new Promise(done => setTimeout(() => done([name, 'silent']), limit))]);
  const read = (path, options) => fetch(target + path, options)
    .then(async answer => answer.type === 'opaque' ? 'opaque' : 'READ ' + await answer.text());
  const element = (tag, attributes) => new Promise((loaded, failed) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.onload = () => loaded('LOADED');
    made.onerror = failed;
    document.body.append(made);
  });
  const socket = path => new Promise((opened, failed) => {
    const made = new WebSocket(target.replace('http', 'ws') + path);
    made.onopen = () => opened('OPENED');
    made.onerror = failed;
  });
  const form = (method, path, fields) => new Promise(sent => {
    const frame = Object.assign(document.createElement('iframe'), {name: 'frame' + Math.random()});
    document.body.append(frame);
    const made = Object.assign(document.createElement('form'), {method, action: target + path, target: frame.name});
    for (const [name, value] of new URLSearchParams(fields))
      made.append(Object.assign(document.createElement('input'), {name, value}));
    document.body.append(made);
    frame.onload = () => sent(frame.contentDocument ? 'blank' : 'unreadable');
    made.submit();
  });
  const text = {'content-type': 'text/plain'};
  return Object.fromEntries(await Promise.all([
    outcome('reset', read(reset, {method: 'POST', mode: 'no-cors', headers: text, body: ''})),
    outcome('reset with cors', read(reset, {method: 'POST'})),
    outcome('reset with credentials', read(reset, {method: 'POST', mode: 'no-cors', credentials: 'include'})),
    outcome('reset by beacon', Promise.resolve(String(navigator.sendBeacon(target + reset, '')))),
    outcome('reset by form', form('POST', reset, '')),
    outcome('reset with a preflight', read(reset, {method: 'POST', headers: {'x-amz-target': 'a'}})),
    outcome('delete', read('/', {method: 'DELETE'})),
    outcome('create', read('/?' + query)),
    outcome('create unread', read('/?' + query, {mode: 'no-cors'})),
    outcome('create by post', read('/', {method: 'POST', body: new URLSearchParams(query)})),
    outcome('create by form', form('POST', '/', query)),
    outcome('create by a getting form', form('GET', '/', query)),
    outcome('create by image', element('img', {src: target + '/?' + query})),
    outcome('create by script', element('script', {src: target + '/?' + query})),
    outcome('create by style', element('link', {rel: 'stylesheet', href: target + '/?' + query})),
    outcome('page', read('/')),
    outcome('buckets', read('/?list-type=2')),
    outcome('health', read('/_ministack/health')),
    outcome('socket', socket('/live?visit=strangers-visit')),
    outcome('socket of the api', socket('/_aws/execute-api/00000000/live?visit=strangers-visit')),
  ]));
}"""

HARMLESS = {"failed", "opaque", "silent", "blank", "unreadable", "true"}


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>a stranger's</title><body></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def strangers_port() -> Iterator[int]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Stranger)) as server:
        yield server.server_port


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser for which a foreign name resolves to this machine."""
    with launched(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_context()
    yield made.new_page()
    made.close()


@pytest.fixture(params=["edge", "emulator"])
def target(request: pytest.FixtureRequest, system: LocalSystem) -> int:
    return system.port if request.param == "edge" else emulator_port(system)


def stacks(system: LocalSystem) -> set[str]:
    with system.clients() as client:
        return {stack["StackName"] for stack in client("cloudformation").list_stacks()["StackSummaries"]}


def require_unharmed(system: LocalSystem, page: Page, marker: Path) -> None:
    assert stacks(system) == {"cloud-resume", "cloud-resume-artifacts"}
    assert not marker.exists()
    page.goto(system.url)
    counter = page.locator("visitor-count")
    expect(counter).to_have_attribute("data-state", "live")
    system.visits += 1
    expect(counter).to_have_attribute("data-count", str(system.visits))


@pytest.fixture(params=["localhost", "127.0.0.1", REBOUND])
def strangers_page(request: pytest.FixtureRequest, page: Page, strangers_port: int) -> Page:
    page.goto(f"http://{request.param}:{strangers_port}/")
    return page


def test_a_page_of_another_origin_reads_resets_and_runs_nothing(
    system: LocalSystem, strangers_page: Page, target: int, tmp_path: Path
) -> None:
    marker, page = tmp_path / "marker", strangers_page
    for name in ("localhost", "127.0.0.1"):
        arguments = {"target": f"http://{name}:{target}", "query": create_stack(marker), "reset": RESET}
        outcomes: dict[str, Any] = page.evaluate(ATTACK, arguments)
        assert len(outcomes) == 20
        assert set(outcomes.values()) <= HARMLESS, json.dumps(outcomes, indent=1)
        assert outcomes["socket"] == outcomes["socket of the api"] == "failed"
        assert outcomes["reset"] in ("opaque", "failed")
    require_unharmed(system, page, marker)


def test_a_name_that_is_made_to_lead_here_gets_nothing(
    system: LocalSystem, page: Page, target: int, tmp_path: Path
) -> None:
    """DNS rebinding: to the browser, the attacking and the attacked page have the same origin."""
    answer = page.goto(f"http://{REBOUND}:{target}/")
    assert answer is not None
    assert answer.status in (403, 421)
    marker = tmp_path / "marker"
    arguments = {"target": f"http://{REBOUND}:{target}", "query": create_stack(marker), "reset": RESET}
    outcomes: dict[str, str] = page.evaluate(ATTACK, arguments)
    for name, outcome in outcomes.items():
        told = outcome.removeprefix("READ ")
        assert outcome in HARMLESS or told.startswith(
            ("This server answers only requests to localhost", '{"message": "Refused')
        ), name
    assert outcomes["socket"] == outcomes["socket of the api"] == "failed"
    require_unharmed(system, page, marker)


def test_a_link_is_followed_and_the_counter_is_embedded_but_a_frame_stays_empty(
    system: LocalSystem, page: Page, strangers_port: int
) -> None:
    page.goto(f"http://{REBOUND}:{strangers_port}/")
    loaded = """source => new Promise((loaded, failed) => {
      const script = Object.assign(document.createElement('script'), {src: source, onload: loaded, onerror: failed});
      document.body.append(script); }).then(() => Boolean(customElements.get('visitor-count')))"""
    assert page.evaluate(loaded, f"{system.url}/visitor-count.js") is True
    with page.expect_response(lambda response: response.url == f"{system.url}/") as framed:
        page.evaluate(
            "url => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))", f"{system.url}/"
        )
    assert framed.value.status == 403
    page.evaluate(
        "url => document.body.append(Object.assign(document.createElement('a'), {href: url, textContent: 'go'}))",
        system.url,
    )
    page.get_by_text("go").click()
    expect(page.locator("visitor-count")).to_have_attribute("data-state", "live")
    system.visits += 1
