"""A fake server of @connections and DynamoDB over TLS on the loopback interface, with little CPU usage.

One connection in a hundred is gone (410) and another one is throttled at its first post (429). Responses have a
configurable latency. Of DynamoDB it implements the requests of a broadcast and of `$connect`: the count, the
connections, and writes, which always succeed.

Usage: python -m benchmarks.stand_in CERTIFICATE CONNECTIONS LATENCY_MILLISECONDS. It prints its port, serves until its
standard input is closed, and prints the number of posts by status as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

from router.contract import tables

PAGE = 5_000  # about the number of items of this size in a page of a DynamoDB scan
EVERY = 100
GONE, THROTTLED = 50, 51

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TARGET = re.compile(rb"\r\nx-amz-target: *DynamoDB_20120810\.(\w+)", re.IGNORECASE)
_POST = re.compile(rb"POST /live/(?:@|%40)connections/(\d+)")
_KINDS = {410: "GoneException", 429: "LimitExceededException"}


def connection_id(number: int) -> str:
    """Return an id with the length and the escaped ending of a real one."""
    return f"{number:013d}Ae="


def response(status: int, body: bytes = b"") -> bytes:
    """Return an HTTP response."""
    kind = f"x-amzn-ErrorType: {_KINDS[status]}\r\n" if status in _KINDS else ""
    return (
        f"HTTP/1.1 {status} Status\r\nx-amzn-RequestId: 8c2f4a1e-0000-4000-8000-000000000001\r\n{kind}"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class StandIn:
    """The responses of the server."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.posts: Counter[int] = Counter()
        self._throttled_once: set[int] = set()
        self._answers = {200: response(200), 410: response(410, b"{}"), 429: response(429, b'{"message":"slow down"}')}
        now = str(int(time.time()) - 3600)
        self._rows = [
            {tables.CONNECTION_ID: {"S": connection_id(number)}, tables.CONNECTED_AT: {"N": now}}
            for number in range(connections)
        ]

    def post(self, number: int) -> bytes:
        """Return the response to a post to connection `number`."""
        status = 200
        if number % EVERY == GONE:
            status = 410
        elif number % EVERY == THROTTLED and number not in self._throttled_once:
            self._throttled_once.add(number)
            status = 429
        self.posts[status] += 1
        return self._answers[status]

    def dynamodb(self, operation: str, request: dict[str, Any]) -> bytes:
        """Return the response to a DynamoDB request."""
        if operation == "Scan":
            return response(200, json.dumps(self._scan(request)).encode())
        if operation == "BatchGetItem":
            count = [{tables.ID: {"S": tables.VISITOR_COUNT}, tables.CURRENT_COUNT: {"N": "1234"}}]
            table = next(iter(request["RequestItems"]))
            return response(200, json.dumps({"Responses": {table: count}, "UnprocessedKeys": {}}).encode())
        return response(200, b"{}")

    def _scan(self, request: dict[str, Any]) -> dict[str, object]:
        start = int(str(request.get("ExclusiveStartKey", {"N": "0"})["N"]))
        page = self._rows[start : start + PAGE]
        more = {"LastEvaluatedKey": {"N": str(start + PAGE)}} if start + PAGE < self.connections else {}
        return {"Items": page, "Count": len(page), "ScannedCount": len(page), **more}


class _Connection(asyncio.Protocol):
    def __init__(self, stand_in: StandIn, latency: float) -> None:
        self._stand_in = stand_in
        self._latency = latency
        self._received = b""
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n") + 4
        if end < 4:
            return
        head = self._received[:end]
        length = _LENGTH.search(head)
        end += int(length[1]) if length else 0
        if len(self._received) < end:
            return
        body, self._received = self._received[len(head) : end], self._received[end:]
        answer = self._answer(head, body)
        if self._latency:
            self._loop.call_later(self._latency, self._transport.write, answer)
        else:
            self._transport.write(answer)

    def _answer(self, head: bytes, body: bytes) -> bytes:
        post = _POST.match(head)
        if post:
            return self._stand_in.post(int(post[1]))
        target = _TARGET.search(head)
        return self._stand_in.dynamodb(target[1].decode(), json.loads(body)) if target else response(404)


async def _serve(certificate: str, connections: int, milliseconds: float) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stand_in = StandIn(connections)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        partial(_Connection, stand_in, milliseconds / 1000), "127.0.0.1", 0, ssl=context, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(stand_in.posts), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
