"""aiohttp with 100 connections, its default, and botocore's signer. Arguments: endpoint, number of connections."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections import Counter

import aiohttp
import yarl

from benchmarks.peers.fanout_common import CONNECTIONS, MESSAGE, PAUSE_SECONDS, THROTTLED, Signer, measured, path_of


async def fan_out(endpoint: str, connections: int) -> Counter[int]:
    signer = Signer()
    tls = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=tls)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(number: int) -> int:
            url = endpoint + path_of(number)
            while True:
                where, headers = yarl.URL(url, encoded=True), signer.headers(url)
                async with session.post(where, data=MESSAGE, headers=headers) as response:
                    if response.status != THROTTLED:
                        return response.status
                await asyncio.sleep(PAUSE_SECONDS)

        return Counter(await asyncio.gather(*map(post, range(connections))))


def main(endpoint: str, connections: int) -> None:
    measured(lambda: asyncio.run(fan_out(endpoint, connections)))


main(sys.argv[1], int(sys.argv[2]))
