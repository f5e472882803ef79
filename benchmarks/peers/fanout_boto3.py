"""boto3 with 32 threads. Arguments: endpoint, number of connections."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

from benchmarks.peers.peak import megabytes
from benchmarks.stand_in import connection_id

THREADS = 32


def main(endpoint: str, connections: int) -> None:
    client = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint, config=Config(max_pool_connections=THREADS))

    def post(number: int) -> str:
        try:
            client.post_to_connection(ConnectionId=connection_id(number), Data=b'{"count":1234,"online":10000}')
        except client.exceptions.GoneException:
            return "gone"
        return "reached"

    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = Counter(pool.map(post, range(connections)))
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({**outcomes, "cpu": cpu, "seconds": seconds, "megabytes": megabytes()}))


main(sys.argv[1], int(sys.argv[2]))
