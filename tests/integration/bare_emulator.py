"""The emulator alone, with the router's two tables: for tests that simulate Lambda themselves."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from local_cloud.chaos.stream import pages
from tests.local_system import free_port
from tests.table_definitions import connections_table, visits_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodbstreams.client import DynamoDBStreamsClient

REGION = "us-east-1"
ACCOUNT = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION}
CONNECTIONS, VISITS = "ConnectionIDs", "VisitorCounts"
PATIENCE = 60.0


class BareEmulator:
    """The emulator. url: the endpoint of every service. stream: the ARN of the visits table's stream."""

    def __init__(self, url: str) -> None:
        self.url = url
        session = botocore.session.get_session()
        keys: Any = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "endpoint_url": url}
        self.dynamodb = cast("DynamoDBClient", session.create_client("dynamodb", REGION, **keys))
        self.streams = cast("DynamoDBStreamsClient", session.create_client("dynamodbstreams", REGION, **keys))

    def create_tables(self) -> None:
        self.dynamodb.create_table(**connections_table(CONNECTIONS))
        stream: Any = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        made = self.dynamodb.create_table(**visits_table(VISITS), StreamSpecification=stream)
        self.stream = made["TableDescription"]["LatestStreamArn"]

    def records(self) -> Iterator[list[dict[str, Any]]]:
        """Return every record of the stream, page by page, without end: an empty page means that there is nothing
        new."""
        return pages(self.streams, self.stream)

    def rows(self) -> dict[str, Any]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=VISITS, ConsistentRead=True)
        return {row["id"]["S"]: row for page in pages for row in cast("list[Any]", page["Items"])}

    def close(self) -> None:
        self.dynamodb.close()
        self.streams.close()


@contextmanager
def bare_emulator() -> Iterator[BareEmulator]:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with tempfile.TemporaryDirectory() as folder:
        own = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
        nowhere = {"DOCKER_HOST": "unix:///nonexistent", "STATE_DIR": folder, "S3_DATA_DIR": folder}
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env={**kept, **own, **nowhere, **ACCOUNT, "LOG_LEVEL": "ERROR"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, process)
            emulator = BareEmulator(url)
            emulator.create_tables()
            yield emulator
            emulator.close()
        finally:
            process.kill()
            process.wait(PATIENCE)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5):
                return
        except OSError:
            assert process.poll() is None, "the emulator has ended"
            assert time.monotonic() < deadline, "the emulator does not answer"
            time.sleep(0.05)
