"""A missing Region and missing credentials are found before the first request, without the network."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import botocore.session
import pytest

from cli.places import ROOT
from deployment.aws.access import nearest, regions, require_access, require_credentials, require_region
from deployment.aws.metadata_service import PORTS, ask_metadata_service_briefly
from deployment.aws.target import Target
from errors import CredentialsError, UsageError

ACCOUNT_VERBS = ("deploy --yes", "diff", "status", "destroy --yes", "stats", "count show", "logs", "environments")


def target(region: str, endpoint: str | None = None) -> Target:
    return Target(region, endpoint, access_key="a", secret_key="b")


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "ap-southeast-7"])
def test_a_region_of_any_partition_is_accepted(region: str) -> None:
    require_region(target(region), {})


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("us-esat-1", "us-east-1"),
        ("eu-cental-1", "eu-central-1"),
        ("US-EAST-1", "us-east-1"),
        ("ap-south-east-1", "ap-southeast-1"),
        ("frankfurt", "eu-central-1"),
        ("us-gov-wset-1", "us-gov-west-1"),
    ],
)
def test_a_mistyped_region_is_refused_with_the_nearest(mistyped: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"Region {mistyped}: is not an AWS Region") as caught:
        require_region(target(mistyped), {})
    assert f"did you mean {meant}?" in caught.value.next_step
    assert ("UNLISTED_REGION=" in caught.value.next_step) == (mistyped.endswith("-1") and mistyped.islower())


def test_a_region_like_no_other_is_refused_with_examples() -> None:
    assert nearest("xyz") == ""
    with pytest.raises(UsageError, match="choose one such as us-east-1"):
        require_region(target("xyz"), {})


def test_a_region_newer_than_botocore_can_be_used() -> None:
    require_region(target("eu-east-9"), {"UNLISTED_REGION": "eu-east-9"})
    with pytest.raises(UsageError):
        require_region(target("eu-east-8"), {"UNLISTED_REGION": "eu-east-9"})


def test_an_emulator_has_any_region() -> None:
    require_access(target("moon-1", "http://127.0.0.1:4566"), {})


def test_global_pseudo_regions_are_not_offered() -> None:
    assert not [region for region in regions() if "global" in region]
    assert len(regions()) > 30


def test_missing_credentials_are_refused() -> None:
    with pytest.raises(CredentialsError, match="there are none") as caught:
        require_credentials(Target("us-east-1"))
    assert "build.py local" in caught.value.next_step
    with pytest.raises(CredentialsError) as caught:
        require_credentials(Target("us-east-1", "http://127.0.0.1:4566"))
    assert "AWS_ACCESS_KEY_ID=test" in caught.value.next_step


def test_half_of_the_credentials_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY"):
        require_credentials(Target("us-east-2"))


@pytest.fixture
def silent_metadata_service() -> Iterator[str]:
    """The URL of a port that drops packets, as a firewall does: the queue of its connections is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as connections:
        for _ in range(2):
            waiting = connections.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("name", ["AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"])
def test_who_sets_how_long_to_wait_for_it_waits_so_long(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "3")
    session = botocore.session.Session()
    before = list(session.get_component("credential_provider").providers)
    ask_metadata_service_briefly(session)
    assert session.get_component("credential_provider").providers == before


def test_the_port_of_its_scheme() -> None:
    assert PORTS == {"http": 80, "https": 443}


def test_a_silent_metadata_service_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, silent_metadata_service: str
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", silent_metadata_service)
    begun = time.monotonic()
    with pytest.raises(CredentialsError):
        require_credentials(Target("us-west-2"))
    assert time.monotonic() - begun < 0.9


class Role(BaseHTTPRequestHandler):
    """The metadata service of a machine with a role."""

    def do_PUT(self) -> None:
        self._answer("token")

    def do_GET(self) -> None:
        role = self.path.rpartition("/")[2]
        keys = {"AccessKeyId": "AKIA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}
        self._answer(json.dumps({"Code": "Success", **keys}) if role else "role")

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def test_the_role_of_this_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Role)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    try:
        require_credentials(Target("ca-central-1"))
    finally:
        server.shutdown()
        server.server_close()


def run(words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "build.py", *words.split()],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("verb", ACCOUNT_VERBS)
def test_every_verb_of_the_account_checks_first(verb: str) -> None:
    """A request would fail with another error: the proxy refuses every connection."""
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    without = run(verb, **proxy)
    assert without.returncode == 1
    assert "error: AWS credentials: there are none" in without.stderr
    mistyped = run(f"{verb} --region us-esat-1", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", **proxy)
    assert mistyped.returncode == (1 if verb == "diff" else 2)
    assert "did you mean us-east-1?" in mistyped.stderr
    assert "(repeat" not in mistyped.stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("stats --days 0", "--days 0"),
        ("count restore zz", "count restore zz"),
        ("count set zz", "count set zz"),
        ("count import no-such-file", "no-such-file"),
        (f"count export {Path(__file__)}", "already exists"),
        ("logs --since zz", "--since zz"),
        ("deploy --yes --visits -1", "--visits -1"),
        ("diff --visits -1", "--visits -1"),
        ("status --env Nope", "--env Nope"),
    ],
)
def test_options_are_validated_before_the_credentials(command: str, words: str) -> None:
    refused = run(command)
    assert words in refused.stderr
    assert "credentials" not in refused.stderr


def test_the_doctor_says_which_region_was_meant() -> None:
    examined = run("doctor --region us-esat-1")
    assert "!!  region             us-esat-1 is not an AWS Region" in examined.stdout
    assert "did you mean us-east-1?" in examined.stdout
