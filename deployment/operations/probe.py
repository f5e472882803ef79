"""Probes of the deployed site from a visitor's side, for `status`: the page, and the WebSocket with the count."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress

from deployment.aws.emulated import REFUSED_BY_THE_BUCKET
from deployment.aws.finding import Finding
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.smoke import visit as smoke_visit
from deployment.smoke.client import (
    FORBIDDEN,
    REPLY_SECONDS,
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
from errors import CloudError
from template_gen import names

FIX = "python3 build.py logs; then deploy again"


def probe(outputs: Mapping[str, str], target: Target) -> list[Finding]:
    """Request the page and open a WebSocket, as a visit that is already counted. Return a finding for each."""
    return asyncio.run(_probe(outputs, target))


async def _probe(outputs: Mapping[str, str], target: Target) -> list[Finding]:
    return list(await asyncio.gather(_page(outputs, target), _socket(outputs, target)))


async def _page(outputs: Mapping[str, str], target: Target) -> Finding:
    where = address(outputs, target)
    try:
        async with client(where) as session:
            page = await get_page(session, where)
    except NoAnswerError as error:
        return Finding("page", str(error), False, FIX)
    return page_finding(page, target)


def page_finding(page: Page, target: Target) -> Finding:
    """Return the finding for a front page."""
    if target.endpoint_url and page.status == FORBIDDEN:
        return Finding("page", f"not checked: {REFUSED_BY_THE_BUCKET}")
    if problem := problem_of(page):
        return Finding("page", problem, False, FIX)
    return Finding("page", f"{page.length:,} bytes", True)


async def _socket(outputs: Mapping[str, str], target: Target) -> Finding:
    where = address(outputs, target)
    table = CountTable(required(outputs, names.VISITOR_COUNTS_TABLE), target)
    try:
        counted = await asyncio.to_thread(smoke_visit.put_counted, table, time.time())
    except CloudError as error:
        return Finding("socket", f"unknown: {error.what}", None, error.next_step)
    try:
        query = f"visit={counted}&count=no"
        async with client(where) as session, open_socket(session, where, query) as socket:
            await socket.send_str("hello")
            count = await next_count(socket, REPLY_SECONDS)
    except NoAnswerError as error:
        return Finding("socket", str(error), False, FIX)
    finally:
        with suppress(CloudError):  # the row expires after a day
            await asyncio.to_thread(smoke_visit.delete, table, counted)
    return Finding("socket", f"opens, and receives the count {count:,}", True)
