"""Checks from a visitor's side: the page and its headers, sockets, the count, and what the tools say about them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from threading import Thread
from typing import Any, TypeVar

from aiohttp import ClientWebSocketResponse

from deployment.aws.emulated import REFUSED_BY_THE_BUCKET
from deployment.counter.stats import read_stats
from deployment.operations.logs import show_logs
from deployment.operations.status import status
from deployment.smoke.client import (
    FORBIDDEN,
    OK,
    NoAnswerError,
    Page,
    address,
    client,
    get_page,
    next_count,
    open_socket,
)
from deployment.smoke.smoke_test import SECURITY_HEADERS, headers_problem
from deployment.stack.required_output import required
from deployment.verification.check import Checks, FailedError, NotAnswerableError, require
from deployment.verification.environment import Environment
from router.contract import files
from template_gen import names

VISITS = Checks()
VISITORS, AT_ONCE = 20, 5
"""AT_ONCE: connections that are opened at the same time; a new account may run ten functions at once."""

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
"""A browser's user agent: the visit of any other is not counted."""

PATIENCE_SECONDS = 60.0
A_LITTLE = 1.0
POLICY = "cross-origin-resource-policy"
EMBEDDED = ("visitor-count.js",)
"""Files that other sites' pages may load."""

ELSEWHERE, READABLE = "https://blog.example.com", "access-control-allow-origin"
"""The origin of a page of another site, and the header that lets its scripts read an answer."""

MISSING = "nothing"
"""A path without a page."""

Result = TypeVar("Result")


@VISITS(minutes=0.2)
def status_is_healthy(environment: Environment) -> str:
    """Every part that `status` asks works, also from outside, and the recorded release is what the bucket lists."""
    found = status(environment.settings, environment.target)
    bad = [f"{one.part}: {one.state}" for one in found.findings if one.well is False]
    require(not bad, "; ".join(bad))
    (release,) = [one for one in found.findings if one.part == "release"]
    require(release.well, f"release: {release.state}")
    return f"{len(found.findings)} parts; release {release.state}"


@VISITS(minutes=0.2)
def every_answer_has_its_headers(environment: Environment) -> str:
    """The response headers policy allows custom headers beside the security headers, also for the 404 page (which an
    emulator answers without), and other sites may embed the component."""
    whole = ("", MISSING) if environment.on_aws else ("",)
    pages = _run(_pages(environment, (*whole, "style.css", *EMBEDDED)))
    if pages[""].status == FORBIDDEN and not environment.on_aws:
        raise NotAnswerableError(REFUSED_BY_THE_BUCKET)
    for path, page in pages.items():
        wanted = "cross-origin" if path in EMBEDDED else SECURITY_HEADERS[POLICY]
        found = page.headers.get(POLICY, "")
        require(found == wanted, f"/{path}: the header {POLICY} is {found!r} and not {wanted!r}")
    for path in whole:
        problem = headers_problem(pages[path], environment.settings, environment.outputs)
        require(not problem, f"/{path}: {problem}")
    return f"{len(pages)} answers, {len(SECURITY_HEADERS)} security headers"


@VISITS(minutes=0.5)
def each_visit_is_counted_exactly_once(environment: Environment) -> str:
    """Real sockets through CloudFront and the WebSocket API are counted by the stream, a repeated visit once, and every
    page receives the count. DynamoDB sets the condition keys that the router's role asks for."""
    before = environment.table().count()
    visits = [uuid.uuid4().hex for _ in range(VISITORS)]
    counts = _run(_counts(environment, [*visits, visits[0]], before + VISITORS))
    time.sleep(environment.seconds_to_settle)
    after = environment.table().count()
    require(after == before + VISITORS, f"{VISITORS} visits are {after - before} in the table")
    require(set(counts) == {after}, f"the pages show {sorted(set(counts))} and not {after}")
    return f"{VISITORS} visits, one of them twice: {before} → {after} on {len(counts)} pages"


@VISITS(minutes=0.2, emulator="its answers have no Access-Control-Allow-Origin")
def scripts_of_other_sites_may_read_the_count(environment: Environment) -> str:
    """CloudFront adds Access-Control-Allow-Origin to the answers to requests with an Origin: count.json, which the
    router writes after a visit, and the component."""
    _run(_counts(environment, [uuid.uuid4().hex], environment.table().count() + 1))
    return read_from_elsewhere(environment, PATIENCE_SECONDS)


def read_from_elsewhere(environment: Environment, patience: float) -> str:
    """Read as a script of another site would. patience: seconds for the files to appear. Raises FailedError."""
    deadline = time.monotonic() + patience
    paths = (files.COUNT_KEY, *EMBEDDED)
    pages = _run(_pages(environment, paths, Origin=ELSEWHERE))
    while any(page.status != OK for page in pages.values()) and time.monotonic() < deadline:
        time.sleep(A_LITTLE)
        pages = _run(_pages(environment, paths, Origin=ELSEWHERE))
    for path, page in pages.items():
        require(page.status == OK, f"/{path} has status {page.status}")
        found = page.headers.get(READABLE)
        require(found == "*", f"/{path}: the header {READABLE} is {found!r} and not '*'")
    return f"{len(pages)} answers may be read by scripts of other sites"


@VISITS(minutes=0.1)
def stats_show_the_visits_of_today(environment: Environment) -> str:
    """The transaction that counts a visit also adds it to its day."""
    stats = read_stats(environment.table(), 2, datetime.now(UTC).date())  # midnight may have passed
    require(stats.shown == stats.total, f"the days have {stats.shown} visits, the count is {stats.total}")
    require(stats.total >= VISITORS, f"the count is {stats.total}")
    return f"{stats.shown} visits"


@VISITS(minutes=1)
def logs_show_what_the_router_did(environment: Environment) -> str:
    """The router's log arrives in CloudWatch, is readable, and has no failure: its role is sufficient."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    lines = _log(environment)
    while not any("counted" in line for line in lines):
        require(time.monotonic() < deadline, f"no line about the counting in {len(lines)} lines")
        time.sleep(A_LITTLE)
        lines = _log(environment)
    bad = [line for line in lines if "AccessDenied" in line or "not authorized" in line or " failed" in line]
    require(not bad, "; ".join(bad[:3]))
    return f"{len(lines)} lines, none about a failure"


@VISITS(minutes=2)
def no_page_sees_a_lower_number_during_a_deploy(environment: Environment) -> str:
    """The smoke test's visit and the switch to the new version are invisible on a page that is open meanwhile, and
    CloudFront serves the new page within the smoke test's time."""
    environment.write_site("Changed")
    reader = _Reader(environment)
    reader.start()
    began = time.monotonic()
    try:
        environment.deploy()
        seconds = time.monotonic() - began
    finally:
        counts = reader.stop()
    require(counts, reader.problem or "the open page received no count")
    require(counts == sorted(counts), f"the page received {counts}")
    return f"{len(counts)} counts received, none lower; deployed and tested in {seconds:.0f} s"


class _Reader(Thread):
    """An open page: collects the counts that it receives until `stop`."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(daemon=True)
        self._environment = environment
        self._counts: list[int] = []
        self._stopped = False
        self.problem = ""

    def run(self) -> None:
        try:
            asyncio.run(self._read())
        except NoAnswerError as error:
            self.problem = str(error)

    def stop(self) -> list[int]:
        self._stopped = True
        self.join()
        return self._counts

    async def _read(self) -> None:
        where = address(self._environment.outputs, self._environment.target)
        async with client(where) as session, open_socket(session, where, _query(uuid.uuid4().hex), **BROWSER) as socket:
            await socket.send_str("hello")
            self._counts.append(await next_count(socket, PATIENCE_SECONDS))
            while not self._stopped:
                try:
                    self._counts.append(await next_count(socket, A_LITTLE))
                except NoAnswerError:
                    if socket.closed:
                        raise


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it. Raises FailedError when a page or a socket does not answer."""
    try:
        return asyncio.run(work)
    except NoAnswerError as error:
        raise FailedError(str(error)) from error


def _query(visit: str) -> str:
    return f"visit={visit}"


async def _pages(environment: Environment, paths: Sequence[str], **more: str) -> dict[str, Page]:
    where = address(environment.outputs, environment.target)
    async with client(where) as session:
        return {path: await get_page(session, where, path, **more) for path in paths}


async def _counts(environment: Environment, visits: Sequence[str], wanted: int) -> list[int]:
    """Open a socket for each visit and return the last count that each receives, up to `wanted`."""
    where = address(environment.outputs, environment.target)
    turns = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(client(where))

        async def opened(visit: str) -> ClientWebSocketResponse:
            async with turns:
                return await stack.enter_async_context(open_socket(session, where, _query(visit), **BROWSER))

        sockets = await asyncio.gather(*map(opened, visits))
        return await asyncio.gather(*(_until(socket, wanted) for socket in sockets))


async def _until(socket: ClientWebSocketResponse, wanted: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    count = -1
    while count < wanted:
        count = await next_count(socket, max(deadline - time.monotonic(), 0.0))
    return count


def _log(environment: Environment) -> list[str]:
    lines: list[str] = []
    group = required(environment.outputs, names.ROUTER_LOG_GROUP)
    show_logs(group, environment.target, lines.append, since_seconds=3600)
    return lines
