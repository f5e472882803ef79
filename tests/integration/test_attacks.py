"""What a page of anybody's, and another user of this machine, can do to a running `local`: nothing.

Each attack is sent whole, as plain HTTP, to the edge and to the emulator behind it. What proves that it failed is the
system afterwards: the count goes on, the stacks are ours alone, and no file was written by code of the attacker's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.integration.raw_http import ask
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem

pytestmark = pytest.mark.cloud

EVIL = "https://evil.example"
STACK = "cloud-resume"
RESET = "/_ministack/reset"
CODE = """
def handle(event, context):
    open({marker!r}, "w").close()
"""


def create_stack(marker: Path) -> str:
    """The query that makes a function of the attacker's and has it run."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handle",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"ZipFile": CODE.format(marker=str(marker))},
        },
    }
    run = {"Type": "Custom::Run", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}}
    template = json.dumps({"Resources": {"Function": function, "Run": run}})
    return urlencode({"Action": "CreateStack", "Version": "2010-05-15", "StackName": "evil", "TemplateBody": template})


@pytest.fixture(params=["edge", "emulator"])
def port(request: pytest.FixtureRequest, system: LocalSystem) -> int:
    return system.port if request.param == "edge" else emulator_port(system)


def emulator_port(system: LocalSystem) -> int:
    return int(system.emulator_environment()["GATEWAY_PORT"])


@pytest.fixture
def unharmed(system: LocalSystem, tmp_path: Path) -> Iterator[Path]:
    """A path that the attacker's code writes to if it runs; afterwards, everything must be as it was."""
    marker = tmp_path / "marker"
    yield marker
    with system.clients() as client:
        stacks = client("cloudformation").list_stacks()["StackSummaries"]
    assert {stack["StackName"] for stack in stacks} == {STACK, f"{STACK}-artifacts"}
    assert not marker.exists()
    page = ask(system.port, "GET", "/")
    assert page.status == 200
    assert b"<visitor-count" in page.body

    async def counted(readers: list[Reader]) -> None:
        await readers[0].until(lambda reader: bool(reader.messages) and reader.messages[-1]["count"] >= 1)

    with_readers(system.socket_url, ["after-the-attack"], counted)


def test_a_simple_request_of_a_foreign_page_resets_nothing(system: LocalSystem, port: int, unharmed: Path) -> None:
    headers = {
        "Origin": EVIL,
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Content-Type": "text/plain",
    }
    assert ask(port, "POST", RESET, headers).status == 403


def test_a_reset_by_whoever_sends_no_browsers_headers_resets_nothing(
    system: LocalSystem, port: int, unharmed: Path
) -> None:
    assert ask(port, "POST", RESET, {"Host": f"127.0.0.1:{port}"}).status == 403


def test_no_query_makes_a_stack_and_runs_its_code(system: LocalSystem, port: int, unharmed: Path) -> None:
    query = create_stack(unharmed)
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "cloudformation.us-east-1.amazonaws.com"):
        ask(port, "GET", f"/?{query}", {"Host": host})
        ask(port, "POST", "/", {"Host": host, "Content-Type": "application/x-www-form-urlencoded"}, query.encode())


def test_no_credentials_of_anybodys_let_one_in(system: LocalSystem, port: int, unharmed: Path) -> None:
    scope = "20260101/us-east-1/cloudformation/aws4_request"
    for access_key in ("local", "test", "000000000000", "AKIAIOSFODNN7EXAMPLE"):
        signed = f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders=host, Signature={'0' * 64}"
        for token in (None, "", "local", "0" * 43):
            headers = {"Host": f"127.0.0.1:{port}", "Authorization": signed, "X-Amz-Security-Token": token}
            ask(port, "GET", f"/?{create_stack(unharmed)}", headers)
        presigned = urlencode({"X-Amz-Credential": f"{access_key}/{scope}", "X-Amz-Security-Token": "local"})
        ask(port, "GET", f"/?{create_stack(unharmed)}&{presigned}", {"Host": f"127.0.0.1:{port}"})
