"""urllib3 with 32 threads, and botocore's signer. Arguments: endpoint, number of connections."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import urllib3

from benchmarks.peers.fanout_common import MESSAGE, PAUSE_SECONDS, THREADS, THROTTLED, Signer, measured, path_of


def main(endpoint: str, connections: int) -> None:
    def fan_out() -> Counter[int]:
        signer = Signer()
        pool = urllib3.PoolManager(maxsize=THREADS, ca_certs=os.environ["AWS_CA_BUNDLE"], retries=False)

        def post(number: int) -> int:
            url = endpoint + path_of(number)
            while (status := pool.request("POST", url, body=MESSAGE, headers=signer.headers(url)).status) == THROTTLED:
                time.sleep(PAUSE_SECONDS)
            return status

        with ThreadPoolExecutor(THREADS) as threads:
            return Counter(threads.map(post, range(connections)))

    measured(fan_out)


main(sys.argv[1], int(sys.argv[2]))
