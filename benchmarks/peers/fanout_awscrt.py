"""awscrt, the C client of AWS's own SDKs, with 100 connections and its own signer. Arguments: endpoint, number."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from io import BytesIO
from urllib.parse import urlsplit

from awscrt import auth, http, io  # type: ignore[import-not-found]  # installed for this benchmark only

from benchmarks.peers.fanout_common import CONNECTIONS, MESSAGE, PAUSE_SECONDS, THROTTLED, measured, path_of


class Poster:
    """Posts over several connections, each from a thread that waits for its response."""

    def __init__(self, endpoint: str) -> None:
        self.where = urlsplit(endpoint)
        self.credentials = auth.AwsCredentialsProvider.new_static(
            *(os.environ[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
        )
        options = io.TlsContextOptions()
        options.override_default_trust_store_from_path(None, os.environ["AWS_CA_BUNDLE"])
        self.tls = io.ClientTlsContext(options)

    def connect(self) -> http.HttpClientConnection:
        options = self.tls.new_connection_options()
        options.set_server_name(self.where.hostname)
        return http.HttpClientConnection.new(
            self.where.hostname, self.where.port, tls_connection_options=options
        ).result()

    def post(self, connection: http.HttpClientConnection, number: int) -> int:
        headers = http.HttpHeaders([("host", self.where.netloc), ("content-length", str(len(MESSAGE)))])
        path = f"{self.where.path}{path_of(number)}"
        request = http.HttpRequest("POST", path, headers, io.InputStream(BytesIO(MESSAGE)))
        signing = auth.AwsSigningConfig(
            algorithm=auth.AwsSigningAlgorithm.V4,
            signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
            credentials_provider=self.credentials,
            region=os.environ["AWS_REGION"],
            service="execute-api",
            use_double_uri_encode=True,
        )
        statuses: list[int] = []
        signed = auth.aws_sign_request(request, signing).result()
        stream = connection.request(signed, lambda status_code, **_: statuses.append(status_code))
        stream.activate()
        stream.completion_future.result()
        return statuses[0]


def main(endpoint: str, connections: int) -> None:
    def fan_out() -> Counter[int]:
        poster, numbers, statuses = Poster(endpoint), iter(range(connections)), Counter[int]()

        def work() -> None:
            connection = poster.connect()
            for number in numbers:  # which all threads share
                while (status := poster.post(connection, number)) == THROTTLED:
                    time.sleep(PAUSE_SECONDS)
                statuses[status] += 1

        threads = [threading.Thread(target=work) for _ in range(min(CONNECTIONS, connections))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses

    measured(fan_out)


main(sys.argv[1], int(sys.argv[2]))
