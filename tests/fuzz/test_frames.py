"""Fuzz tests of the edge: malformed frames close only their own WebSocket."""

from __future__ import annotations

import asyncio
import os
import random

from hypothesis import settings

from tests.local_cloud.fake_emulator import Rig, with_edge

SEED = int(os.environ.get("FUZZ_SEED", "1"))
EXAMPLES = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed")).max_examples
PER_EDGE = 25
"""The number of examples per edge, which must finish within the timeout of its rig."""

HEAD = (
    b"GET /live?visit=%d HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
LENGTHS = (0, 1, 5, 125, 126, 127, 200, 65_535, 65_536, 131_073, 2**40, 2**63, 2**64 - 1)


def frame(chance: random.Random) -> bytes:
    """Return a frame with any opcode, reserved bits and mask, and a possibly wrong length; or arbitrary bytes."""
    if chance.random() < 0.2:
        return chance.randbytes(chance.randint(1, 60))
    body = chance.randbytes(chance.randint(0, 40))
    length = chance.choice([len(body), len(body), chance.choice(LENGTHS)])
    masked = 0x80 if chance.random() < 0.7 else 0
    first = bytes([chance.choice([0x80, 0x00, 0xC0, 0xF0]) | chance.randint(0, 15)])
    if length < 126 and chance.random() < 0.9:
        size = bytes([masked | length])
    elif length < 65_536:
        size = bytes([masked | 126]) + length.to_bytes(2, "big")
    else:
        size = bytes([masked | 127]) + length.to_bytes(8, "big")
    return first + size + (b"\x00" * 4 if masked else b"") + body


async def send(rig: Rig, number: int, data: bytes) -> bytes:
    """Send `data` on a new WebSocket and return the response until the connection closes."""
    host = rig.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    try:
        writer.write(HEAD % (number, host.encode()))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        writer.write(data)
        writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_malformed_frames() -> None:
    for start in range(0, EXAMPLES, PER_EDGE):
        chance = random.Random(SEED * 1_000_000 + start)  # noqa: S311 - reproducible

        async def act(rig: Rig, chance: random.Random = chance, start: int = start) -> None:
            for number in range(start, min(start + PER_EDGE, EXAMPLES)):
                await send(rig, number, b"".join(frame(chance) for _ in range(chance.randint(1, 4))))
            async with rig.browser.ws_connect(rig.socket_url) as page:  # the edge still works
                await page.send_str("hello")
                assert await page.receive_str() == "hello"

        with_edge(act)
