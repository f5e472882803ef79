"""The smoke test of a deploy, from a visitor's side. It leaves the visitor count unchanged.

1. page     the front page is the one in the bucket, not an older one from a cache
2. headers  it has the security headers of the settings
3. socket   a WebSocket opens from the page's origin, as a visit that has been counted before (`smoke_visit`)
4. count    a message on the WebSocket is answered with the count
5. live     a compensated visit is counted, and the new count is received on the WebSocket

CloudFront takes a while to propagate changes, so a failed step is retried until its time is up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from aiohttp import ClientSession, ClientWebSocketResponse

from console import Say
from deployment.aws.emulated import REFUSED_BY_THE_BUCKET
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.smoke import visit as smoke_visit
from deployment.smoke.client import (
    FORBIDDEN,
    REPLY_SECONDS,
    Address,
    NoAnswerError,
    Page,
    address,
    client,
    get_page,
    next_count,
    open_socket,
    problem_of,
)
from deployment.stack.required_output import required
from errors import CloudError, SmokeTestError
from settings import INLINE_STYLES, Settings
from template_gen import names

PATIENCE_SECONDS = 120.0
EMULATOR_PATIENCE_SECONDS = 60.0
EXPRESS_PATIENCE_SECONDS = 900.0
PAUSE_SECONDS = 3.0
LIVE_ATTEMPTS = 3
TOLD_SECONDS = 6.0
DISCARD_SECONDS = 0.3

Result = TypeVar("Result")

NEXT_STEP = (
    "look for the cause with python3 build.py logs, fix it, then deploy again "
    "(with --rollback-on-smoke-failure, a deploy that fails this test is rolled back)"
)


@dataclass(frozen=True)
class Patience:
    """The time to retry a step, and the pause between two attempts. clock: monotonic, in seconds."""

    seconds: float
    pause_seconds: float = PAUSE_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @classmethod
    def for_target(cls, target: Target) -> Patience:
        """Return the patience for AWS, or the shorter one for an emulator."""
        return cls(EMULATOR_PATIENCE_SECONDS, 0.1) if target.endpoint_url else cls(PATIENCE_SECONDS)

    @classmethod
    def of_express(cls, target: Target) -> Patience:
        """Return the patience after an express deploy, which ends before the distribution is deployed."""
        return cls.for_target(target) if target.endpoint_url else cls(EXPRESS_PATIENCE_SECONDS)


def smoke_test(
    outputs: Mapping[str, str],
    target: Target,
    say: Say,
    *,
    settings: Settings | None = None,
    patience: Patience | None = None,
) -> None:
    """Run the smoke test and print a line per passed step. Raises SmokeTestError for the first that fails.

    settings: of the deployed version, for the values of its policies; None if unknown, as after a rollback.
    """
    site = _Site(settings, outputs, target, say, patience or Patience.for_target(target))
    asyncio.run(site.test())


@dataclass(frozen=True)
class _Site:
    settings: Settings | None
    outputs: Mapping[str, str]
    target: Target
    say: Say
    patience: Patience

    async def test(self) -> None:
        where = address(self.outputs, self.target)
        table = CountTable(required(self.outputs, names.VISITOR_COUNTS_TABLE), self.target)
        etag = await asyncio.to_thread(self._etag)
        async with client(where) as session:
            page = await self._until("page", lambda: self._page(session, where, etag))
            self.say(f"smoke test: page    {_page_summary(page)}")
            counted = await asyncio.to_thread(smoke_visit.put_counted, table, time.time())
            try:
                await self._socket(session, where, table, counted)
            finally:
                await asyncio.to_thread(smoke_visit.delete, table, counted)

    def _etag(self) -> str:
        bucket = required(self.outputs, names.SITE_BUCKET_NAME)
        with translated(f"bucket {bucket}, index.html"):
            head = self.target.client("s3").head_object(Bucket=bucket, Key="index.html")
        return str(head["ETag"]).strip('"')

    async def _page(self, session: ClientSession, where: Address, etag: str) -> Page:
        page = await get_page(session, where)
        if self.target.endpoint_url and page.status == FORBIDDEN:
            return page
        problem = page_problem(page, etag) or headers_problem(page, self.settings, self.outputs)
        if problem:
            raise NoAnswerError(problem)
        return page

    async def _socket(self, session: ClientSession, where: Address, table: CountTable, counted: str) -> None:
        # The visit has been counted before; `count=no` is for routers of other releases that count connections.
        query = f"visit={counted}&count=no"

        async def answered() -> tuple[AsyncExitStack, ClientWebSocketResponse, int]:
            async with AsyncExitStack() as stack:
                socket = await stack.enter_async_context(open_socket(session, where, query))
                await socket.send_str("hello")
                count = await next_count(socket, min(REPLY_SECONDS, self.patience.seconds))
                return stack.pop_all(), socket, count

        opened, socket, count = await self._until("socket", answered)
        async with opened:
            self.say(f"smoke test: socket  opens from the page; the count is {count:,}")
            await self._until_told(socket, table)
            await self._test_live_count(socket, table)

    async def _until_told(self, socket: ClientWebSocketResponse, table: CountTable) -> None:
        """Wait for the broadcast that tells every page of this socket, and discard its message, which has the count.

        It is made within a second, unless another was made a moment ago. Then a tick makes it, for which a deploy need
        not wait: the live count is tested again if they meet.
        """
        deadline = self.patience.clock() + min(TOLD_SECONDS, self.patience.seconds)
        while not await asyncio.to_thread(smoke_visit.is_presence_told, table) and self.patience.clock() < deadline:
            await self.patience.sleep(min(self.patience.pause_seconds, 0.5))
        with suppress(NoAnswerError):
            while True:
                await next_count(socket, DISCARD_SECONDS)

    async def _test_live_count(self, socket: ClientWebSocketResponse, table: CountTable) -> None:
        """Repeat the visit if no page is notified of it in time.

        A broadcast in progress may store the count as sent while it is decremented: then the router has nothing to
        send, and the WebSocket opened too late for that broadcast.
        """
        deadline = self.patience.clock() + self.patience.seconds
        while True:
            visit = await asyncio.to_thread(smoke_visit.put_compensated, table, time.time)
            if visit is None:
                self.say("smoke test: count   skipped, as real visits are being counted")
                return
            try:
                await self._until("count", partial(self._counted, table, visit))
                problem = await self._receive(socket, visit.count)
            except BaseException:
                # Also on Ctrl-C. If the visit cannot be undone, it has been counted, so the count is as before.
                with suppress(CloudError):
                    smoke_visit.undo(table, visit)
                raise
            await asyncio.to_thread(smoke_visit.delete, table, visit.id)
            if not problem:
                self.say(f"smoke test: count   updates on every open page; it is {visit.count:,}, as before")
                return
            if socket.closed or self.patience.clock() >= deadline:
                raise _failed("count", f"the visit was counted, but {problem}")

    async def _counted(self, table: CountTable, visit: smoke_visit.SmokeVisit) -> None:
        if not await asyncio.to_thread(smoke_visit.is_counted, table, visit):
            raise NoAnswerError("a visit is not counted: the router does not receive the stream, or fails")

    async def _receive(self, socket: ClientWebSocketResponse, count: int) -> str:
        """Wait for a count that includes the visit. Return the problem if it does not arrive in time, "" if it does."""
        deadline = self.patience.clock() + self.patience.seconds / LIVE_ATTEMPTS
        try:
            while await next_count(socket, max(deadline - self.patience.clock(), 0.0)) < count:
                pass
        except NoAnswerError as error:
            return str(error)
        return ""

    async def _until(self, step: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Return the result of `attempt`, retried on NoAnswerError. Raises SmokeTestError at the deadline."""
        deadline = self.patience.clock() + self.patience.seconds
        while True:
            try:
                return await attempt()
            except NoAnswerError as exc:
                if self.patience.clock() >= deadline:
                    raise _failed(step, f"{exc} (tried for {self.patience.seconds:.0f} s)") from exc
            await self.patience.sleep(self.patience.pause_seconds)


SECURITY_HEADERS = {
    "strict-transport-security": "max-age=",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-site",
    "content-security-policy": "",
    "permissions-policy": "",
}
"""Header -> prefix of its value; the values of the last two come from the settings."""


def page_problem(page: Page, etag: str) -> str:
    """Return the problem with the front page, "" for none. etag: of the object, an MD5 unless it contains a hyphen."""
    if problem := problem_of(page):
        return problem
    if "-" not in etag and page.md5 != etag:
        return "the front page is not the one that was uploaded: CloudFront serves an earlier one"
    return ""


def headers_problem(page: Page, settings: Settings | None, outputs: Mapping[str, str]) -> str:
    """Return the problem with the security headers of the front page, "" for none.

    settings: None accepts any policy.
    """
    own = {}
    if settings:
        policy = settings.site.content_security_policy.replace(INLINE_STYLES, outputs.get(names.INLINE_STYLES, ""))
        own = {"content-security-policy": policy, "permissions-policy": settings.site.permissions_policy}
    expected = {**SECURITY_HEADERS, **own}
    for name, value in expected.items():
        if not page.headers.get(name, "").startswith(value) or name not in page.headers:
            return f"the header {name} is {page.headers.get(name)!r} and not {value!r}"
    return ""


def _page_summary(page: Page) -> str:
    if page.status == FORBIDDEN:
        return f"not checked: {REFUSED_BY_THE_BUCKET}"
    return f"{page.length:,} bytes, as uploaded, with {len(SECURITY_HEADERS)} security headers"


def _failed(step: str, what: str) -> SmokeTestError:
    return SmokeTestError(f"smoke test: {step}", what, NEXT_STEP)
