"""A faulty network between the router and AWS: a proxy that throttles, fails, hangs up, and loses or corrupts
responses, at random from a seed."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from aiohttp import ClientError, ClientSession, TCPConnector, web

from local_cloud.access import KEY_HEADER
from local_cloud.environment import LOOPBACK

_PASSED_ON = ("Content-Type", "X-Amz-Target", "Authorization", "X-Amz-Date", KEY_HEADER)
_NOT_HANDED_BACK = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "connection", "date", "server"}
)
_SLOW_SECONDS = 0.03
_POST = ""
"""The operation of a message to a page, which goes to @connections and not to DynamoDB."""


class NetworkFault(Enum):
    THROTTLED = "throttled"
    EXCEEDED = "throughput exceeded"
    CONFLICT = "transaction conflict"
    SERVER_ERROR = "server error"
    RESET = "reset before"
    LOST = "answer lost after applying"
    BROKEN = "answer that is no JSON, after applying"
    DAMAGED = "answer with another checksum, after applying"
    SLOW = "slow"


_BY_EVERY_SERVICE = frozenset(
    {NetworkFault.THROTTLED, NetworkFault.SERVER_ERROR, NetworkFault.RESET, NetworkFault.LOST, NetworkFault.SLOW}
)


def possible(operation: str) -> frozenset[NetworkFault]:
    """Return the faults that can happen to a request. operation: DynamoDB's, or empty for a message to a page.

    DynamoDB reports a conflict for a single write as well, but only while a transaction holds that very item.
    """
    if operation == _POST:
        return _BY_EVERY_SERVICE
    return frozenset(NetworkFault) - (frozenset() if operation == "TransactWriteItems" else {NetworkFault.CONFLICT})


@dataclass(frozen=True)
class Conditions:
    """The faults to inject. share: the fraction of requests affected, 0.0 to 1.0. operations: only these; None for
    all."""

    share: float = 0.0
    faults: frozenset[NetworkFault] = frozenset(NetworkFault)
    operations: frozenset[str] | None = None

    def fault(self, operation: str, rng: random.Random) -> NetworkFault | None:
        """Return the fault for a request, None for no fault. operation: the AWS operation, such as PutItem."""
        if rng.random() >= self.share or (self.operations is not None and operation not in self.operations):
            return None
        choice = sorted(self.faults & possible(operation), key=lambda fault: fault.value)
        return rng.choice(choice) if choice else None


NO_FAULTS = Conditions()


class FaultyProxy:
    """The proxy. upstream, conditions, contention: may be changed at any time. met: how often each fault was injected.

    contention: the share of the transactions of new visits that conflict, whatever the conditions, as they do while
    many arrive: so some visits are counted when they connect, and others by the stream
    """

    def __init__(self, upstream: str, rng: random.Random, conditions: Conditions = NO_FAULTS) -> None:
        self.upstream = upstream
        self.conditions = conditions
        self.contention = 0.0
        self.met: Counter[NetworkFault] = Counter()
        self.requests = 0
        self.url = ""
        self._rng = rng
        self._meeting = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve on a free port; `url` is the address until the block ends."""
        async with ClientSession(connector=TCPConnector(limit=0), auto_decompress=False) as self._session:
            application = web.Application()
            application.router.add_route("*", "/{path:.*}", self._handle)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, LOOPBACK, 0).start()
            self.url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
            try:
                yield
            finally:
                await runner.cleanup()

    async def until_met(self, fault: NetworkFault, times: int) -> None:
        """Wait until the fault has been injected `times` times since the start."""
        while self.met[fault] < times:
            self._meeting.clear()
            await self._meeting.wait()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        operation = request.headers.get("X-Amz-Target", _POST).partition(".")[2]
        fault = self.conditions.fault(operation, self._rng)
        if fault:
            self.met[fault] += 1
            self._meeting.set()
        body = await request.read()
        if self.contention and _is_of_new_visits(operation, body) and self._rng.random() < self.contention:
            return _refused(NetworkFault.CONFLICT, operation, body)
        match fault:
            case NetworkFault.THROTTLED | NetworkFault.EXCEEDED | NetworkFault.SERVER_ERROR | NetworkFault.CONFLICT:
                return _refused(fault, operation, body)
            case NetworkFault.RESET:
                _hang_up(request)
            case NetworkFault.SLOW:
                await asyncio.sleep(_SLOW_SECONDS)
        response = await self._forward(request, body)
        if fault is NetworkFault.LOST:
            _hang_up(request)
        return _spoiled(response, fault)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        url = self.upstream + request.raw_path
        try:
            async with self._session.request(request.method, url, data=body, headers=headers) as answer:
                return web.Response(
                    status=answer.status, body=await answer.read(), headers=_handed_back(answer.headers)
                )
        except (ClientError, OSError):  # the emulator has been killed
            _hang_up(request)


def _is_of_new_visits(operation: str, body: bytes) -> bool:
    return operation == "TransactWriteItems" and b'"Put":' in body


def _handed_back(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_HANDED_BACK}


def _spoiled(response: web.Response, fault: NetworkFault | None) -> web.Response:
    body = response.body
    if fault not in (NetworkFault.BROKEN, NetworkFault.DAMAGED) or not isinstance(body, bytes):
        return response
    headers = {"Content-Type": response.headers.get("Content-Type", "application/x-amz-json-1.0")}
    if fault is NetworkFault.BROKEN:
        return web.Response(status=200, body=body[: len(body) // 2] + b"\x00{", headers=headers)
    headers["X-Amz-Crc32"] = "1"
    return web.Response(status=response.status, body=body, headers=headers)


def _refused(fault: NetworkFault, operation: str, request: bytes) -> web.Response:
    """Return an error response like the service's. Sources: "Error handling with DynamoDB"; "@connections commands",
    API Gateway."""
    if operation == _POST:
        return web.Response(status=429 if fault is NetworkFault.THROTTLED else 500)
    code, more = (
        {
            NetworkFault.THROTTLED: "ThrottlingException",
            NetworkFault.EXCEEDED: "ProvisionedThroughputExceededException",
            NetworkFault.CONFLICT: "TransactionCanceledException",
        }.get(fault, "InternalServerError"),
        {},
    )
    if fault is NetworkFault.CONFLICT:
        others = len(json.loads(request)["TransactItems"]) - 1
        more = {"CancellationReasons": [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * others]}
    error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "an injected fault", **more}
    status = 500 if fault is NetworkFault.SERVER_ERROR else 400
    return web.json_response(error, status=status, content_type="application/x-amz-json-1.0")


def _hang_up(request: web.Request) -> NoReturn:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError
