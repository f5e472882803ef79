"""The whole smoke test against a small site of our own: the page with its headers, and a router that counts."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from deployment.aws.emulated import EXECUTE_API_PATH
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.smoke.smoke_test import SECURITY_HEADERS, Patience, smoke_test
from errors import SmokeTestError
from router.contract import tables
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeTarget, Lines, refused
from tests.table_definitions import visits_table

CONTENT = b"<h1>One</h1>"
OUTPUTS = {
    names.DISTRIBUTION_DOMAIN: "d1.cloudfront.net",
    names.WEB_SOCKET_API_ID: "abc",
    names.VISITOR_COUNTS_TABLE: "counts",
    names.SITE_BUCKET_NAME: "site",
}
IMPATIENT = Patience(2.0, 0.05)


class S3:
    def head_object(self, **_: Any) -> dict[str, str]:
        return {"ETag": f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"'}


class Overtaken:
    """A DynamoDB in which real visits are counted during every transaction."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dynamodb, name)

    def transact_write_items(self, **_: Any) -> None:
        error = refused("TransactWriteItems", "TransactionCanceledException", "a condition does not hold")
        error.response["CancellationReasons"] = [{"Code": "ConditionalCheckFailed"}]
        raise error


@dataclass(frozen=True)
class SmallSite:
    """The site. headers: of its page. broadcasts: False if the router counts but does not notify the pages.

    silent: an item for each of the first visits of which no page is notified.
    told_after: how often a socket waits before it is told who is here; 0 for never.
    """

    table: CountTable
    headers: Mapping[str, str]
    broadcasts: bool = True
    silent: list[None] = field(default_factory=list)
    told_after: int = 0

    async def page(self, _request: web.Request) -> web.Response:
        return web.Response(body=CONTENT, content_type="text/html", charset="utf-8", headers=self.headers)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        waited = 0
        if self.told_after:
            self.table.transact([tables.addition(self.table.name, tables.PRESENCE, tables.CHANGES, 1)])
        while not socket.closed:
            try:
                if (await socket.receive(timeout=0.02)).data == "hello":
                    await socket.send_json({"count": self.table.count()})
            except TimeoutError:
                waited += 1
                await self._count(socket)
                if waited == self.told_after:
                    await socket.send_json({"count": self.table.count()})
                    self.table.transact([tables.addition(self.table.name, tables.ONLINE, tables.CHANGES_TOLD, 1)])
        return socket

    async def _count(self, socket: web.WebSocketResponse) -> None:
        for row in self.table.rows():
            if tables.UNCOUNTED in row:
                before = self.table.count()
                self.table.delete(row[tables.ID]["S"])
                self.table.add(1)
                if self.silent:
                    self.silent.pop()
                    continue
                for count in (before, before + 1) if self.broadcasts else ():
                    await socket.send_json({"count": count})


@contextmanager
def served(site: SmallSite) -> Iterator[str]:
    """Serve the site on a thread and yield its URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[web.AppRunner, str]:
        application = web.Application()
        application.router.add_get(f"{EXECUTE_API_PATH}/abc/live", site.socket)
        application.router.add_get("/", site.page)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"

    runner, url = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield url
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings()


@pytest.fixture
def table(aws: Target) -> CountTable:
    aws.client("dynamodb").create_table(**visits_table("counts"))
    table = CountTable("counts", aws)
    table.add(41)
    return table


def headers_of(settings: Settings) -> dict[str, str]:
    policy = settings.site.content_security_policy.replace("{inline_styles}", "")
    own = {"content-security-policy": policy, "permissions-policy": settings.site.permissions_policy}
    return {**SECURITY_HEADERS, "strict-transport-security": "max-age=1", **own}


def run(settings: Settings, url: str, dynamodb: Any, say: Lines, patience: Patience | None = None) -> None:
    target = FakeTarget(endpoint_url=url, clients={"s3": S3(), "dynamodb": dynamodb})
    smoke_test(OUTPUTS, target, say, settings=settings, patience=patience)


def test_every_step_passes_and_the_count_is_as_before(table: CountTable, settings: Settings, say: Lines) -> None:
    with served(SmallSite(table, headers_of(settings))) as url:
        run(settings, url, table.target.client("dynamodb"), say)
    assert say == [
        "smoke test: page    12 bytes, as uploaded, with 8 security headers",
        "smoke test: socket  opens from the page; the count is 41",
        "smoke test: count   updates on every open page; it is 41, as before",
    ]
    assert not [row for row in table.rows() if row["id"]["S"].startswith("visit#")]


def test_a_page_without_a_security_header_fails_it(table: CountTable, settings: Settings, say: Lines) -> None:
    without = {name: value for name, value in headers_of(settings).items() if name != "x-frame-options"}
    with (
        served(SmallSite(table, without)) as url,
        pytest.raises(SmokeTestError, match=r"smoke test: page: the header x-frame-options is None and not 'DENY'"),
    ):
        run(settings, url, table.target.client("dynamodb"), say, IMPATIENT)


def test_a_count_that_no_page_receives_fails_it(table: CountTable, settings: Settings, say: Lines) -> None:
    with (
        served(SmallSite(table, headers_of(settings), broadcasts=False)) as url,
        pytest.raises(SmokeTestError, match="count: the visit was counted, but no count was received"),
    ):
        run(settings, url, table.target.client("dynamodb"), say, IMPATIENT)
    assert table.count() == 41


def test_who_is_here_does_not_pass_for_the_count(table: CountTable, settings: Settings, say: Lines) -> None:
    """The socket of the test changes who is here, and the pages are told that with the count as it is."""
    with (
        served(SmallSite(table, headers_of(settings), broadcasts=False, told_after=10)) as url,
        pytest.raises(SmokeTestError, match="count: the visit was counted, but no count was received"),
    ):
        run(settings, url, table.target.client("dynamodb"), say, IMPATIENT)
    assert table.count() == 41


def test_who_is_here_may_be_told_late(table: CountTable, settings: Settings, say: Lines) -> None:
    with served(SmallSite(table, headers_of(settings), told_after=1_000_000)) as url:
        run(settings, url, table.target.client("dynamodb"), say, IMPATIENT)
    assert say[-1] == "smoke test: count   updates on every open page; it is 41, as before"


def test_a_visit_whose_count_another_broadcast_has_sent_is_repeated(
    table: CountTable, settings: Settings, say: Lines
) -> None:
    """A broadcast in progress may store the count of before as sent, just before the socket is among its pages."""
    with served(SmallSite(table, headers_of(settings), silent=[None])) as url:
        run(settings, url, table.target.client("dynamodb"), say, Patience(6.0, 0.05))
    assert say[-1] == "smoke test: count   updates on every open page; it is 41, as before"
    assert table.count() == 41
    assert not [row for row in table.rows() if row["id"]["S"].startswith("visit#")]


def test_the_count_is_not_tested_while_real_visits_are_counted(
    table: CountTable, settings: Settings, say: Lines
) -> None:
    with served(SmallSite(table, headers_of(settings))) as url:
        run(settings, url, Overtaken(table.target.client("dynamodb")), say)
    assert say[-1] == "smoke test: count   skipped, as real visits are being counted"
    assert table.count() == 41
