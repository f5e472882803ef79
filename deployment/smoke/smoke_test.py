"""Whether what was deployed works, seen from a visitor's side, without a trace in the visitor count:

1. page     the front page is the one that lies in the bucket, not an older one out of a cache
2. headers  it carries the security headers of the settings
3. socket   a socket opens from the page's origin, as a visit that was counted before (`smoke_visit`)
4. count    the socket answers a message with the count
5. moves    a visit that pays for itself is counted, and the socket is told of it

CloudFront takes a while to have everything everywhere: what is not right yet is asked again until the patience ends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import ClientSession, ClientWebSocketResponse

from deployment.aws.emulated import REFUSED_BY_THE_BUCKET
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.smoke import visit as smoke_visit
from deployment.smoke.client import Address, NoAnswerError, Page, address, client, get_page, next_count, open_socket
from deployment.stack.stack import Say
from errors import CloudError, SmokeTestError
from settings import INLINE_STYLES, Settings
from template_gen import names

PATIENCE_SECONDS = 120.0
EMULATOR_PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 3.0
REPLY_SECONDS = 10.0
OK, FORBIDDEN = 200, 403

Result = TypeVar("Result")

NEXT_STEP = (
    "python3 build.py logs shows what the router did; mend it, then deploy again "
    "(with --rollback-on-smoke-failure such a deploy goes back by itself)"
)


@dataclass(frozen=True)
class Patience:
    """How long a step is tried, and the pause between two tries. clock: seconds, ever upwards."""

    seconds: float
    pause_seconds: float = PAUSE_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @classmethod
    def towards(cls, target: Target) -> Patience:
        return cls(EMULATOR_PATIENCE_SECONDS, 0.1) if target.endpoint_url else cls(PATIENCE_SECONDS)


def smoke_test(
    settings: Settings, outputs: Mapping[str, str], target: Target, say: Say, patience: Patience | None = None
) -> None:
    """Says what is well, a line each. Raises SmokeTestError with the first that is not."""
    site = _Site(settings, outputs, target, say, patience or Patience.towards(target))
    asyncio.run(site.test())


@dataclass(frozen=True)
class _Site:
    settings: Settings
    outputs: Mapping[str, str]
    target: Target
    say: Say
    patience: Patience

    async def test(self) -> None:
        where = address(self.outputs, self.target)
        table = CountTable(self.outputs[names.VISITOR_COUNTS_TABLE], self.target)
        etag = await asyncio.to_thread(self._etag)
        async with client(where) as session:
            page = await self._until("page", lambda: self._page(session, where, etag))
            self.say(f"smoke test: page    {_told(page)}")
            counted = await asyncio.to_thread(smoke_visit.admit, table, time.time())
            try:
                await self._socket(session, where, table, counted)
            finally:
                await asyncio.to_thread(smoke_visit.forget, table, counted)

    def _etag(self) -> str:
        bucket = self.outputs[names.SITE_BUCKET_NAME]
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
        # A visit that is known already, for every router; `count=no` for one that counts connections and honours it.
        query = f"visit={counted}&count=no"

        async def answered() -> int:
            async with open_socket(session, where, query) as socket:
                await socket.send_str("hello")
                return await next_count(socket, REPLY_SECONDS)

        count = await self._until("socket", answered)
        self.say(f"smoke test: socket  opens from the page, answers with the count, {count:,}")
        async with open_socket(session, where, query) as socket:
            await self._moves(socket, table)

    async def _moves(self, socket: ClientWebSocketResponse, table: CountTable) -> None:
        visit = await asyncio.to_thread(smoke_visit.pay_for_a_visit, table, time.time)
        if visit is None:
            self.say("smoke test: count   moves by itself: real visits are being counted")
            return
        try:
            await self._until("count", lambda: self._counted(table, visit))
            await self._told(socket, visit.count)
        except BaseException:
            # Also on Ctrl-C. What cannot be undone was counted after all, which leaves the count as it was.
            with suppress(CloudError):
                smoke_visit.take_back(table, visit)
            raise
        await asyncio.to_thread(smoke_visit.forget, table, visit.id)
        self.say(f"smoke test: count   moves, every page is told; it is {visit.count:,}, as before")

    async def _counted(self, table: CountTable, visit: smoke_visit.SmokeVisit) -> None:
        if not await asyncio.to_thread(smoke_visit.is_counted, table, visit):
            raise NoAnswerError("a visit is not counted: the stream does not reach the router, or the router fails")

    async def _told(self, socket: ClientWebSocketResponse, count: int) -> None:
        """Until the socket was told the count that includes the visit. Raises SmokeTestError."""
        deadline = self.patience.clock() + self.patience.seconds
        try:
            while await next_count(socket, max(deadline - self.patience.clock(), 0.0)) < count:
                pass
        except NoAnswerError as exc:
            raise _failed("count", f"the visit was counted, but {exc}") from exc

    async def _until(self, step: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """What `attempt` gives, once it raises no NoAnswerError any more. Raises SmokeTestError."""
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
"""Header -> what it begins with; the last two are the settings' own."""


def page_problem(page: Page, etag: str) -> str:
    """What is wrong with the front page, "" when nothing is. etag: of the object, an MD5 unless it has a hyphen."""
    if page.status != OK:
        return f"the front page answers with status {page.status}"
    if not page.headers.get("content-type", "").startswith("text/html"):
        return f"the front page is {page.headers.get('content-type')!r} and not text/html"
    if "-" not in etag and page.md5 != etag:
        return "the front page is not the one that was uploaded: CloudFront serves an earlier one"
    return ""


def headers_problem(page: Page, settings: Settings, outputs: Mapping[str, str]) -> str:
    styles = outputs.get(names.INLINE_STYLES, "")
    policy = settings.site.content_security_policy.replace(INLINE_STYLES, styles)
    own = {"content-security-policy": policy, "permissions-policy": settings.site.permissions_policy}
    expected = {**SECURITY_HEADERS, **own}
    for name, value in expected.items():
        if not page.headers.get(name, "").startswith(value) or name not in page.headers:
            return f"the header {name} is {page.headers.get(name)!r} and not {value!r}"
    return ""


def _told(page: Page) -> str:
    if page.status == FORBIDDEN:
        return f"not looked at: {REFUSED_BY_THE_BUCKET}"
    return f"{page.length:,} bytes, as uploaded, with {len(SECURITY_HEADERS)} security headers"


def _failed(step: str, what: str) -> SmokeTestError:
    return SmokeTestError(f"smoke test: {step}", what, NEXT_STEP)
