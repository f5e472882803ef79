"""A foreign page, and another user of this machine, can do nothing to a running `local`.

Each attack is sent as plain HTTP, to the edge and to the emulator behind it. The system afterwards proves that it
failed: the count continues, only our stacks exist, and the attacker's code wrote no file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.integration.raw_http import ask
from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud

EVIL = "https://evil.example"
NOBODY = 65_534
STACK = "cloud-resume"
RESET = "/_ministack/reset"
CODE = """
def handle(event, context):
    open({marker!r}, "w").close()
"""


def create_stack(marker: Path) -> str:
    """Return the query that creates a function with the attacker's code and invokes it."""
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
    """Return a path that the attacker's code writes to if it runs; afterwards, everything must be unchanged."""
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
        assert await readers[0].hello() >= 1

    with_readers(system.socket_url, [f"visit-{uuid.uuid4()}"], counted)


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


def test_the_terminal_says_what_was_refused_and_of_which_kind(system: LocalSystem) -> None:
    foreign = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    assert ask(system.port, "GET", "/", foreign).status == 403
    assert ask(emulator_port(system), "GET", "/", foreign).status == 403
    for line in ("refused a request to the page: cross-site", "refused a request to the emulator: another Host"):
        wait_until(lambda line=line: any(line in said for said in system.lines), line)  # type: ignore[misc]
    assert "evil" not in system.output


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


@pytest.mark.parametrize(
    "path",
    [
        *("/_ministack/health", "/_ministack/lambda-code/x", "//_ministack/health", "/%5fministack/health"),
        *("/x/../_ministack/health", "/health", "/_localstack/health", "/_aws/execute-api/", "/_aws/lambda-url/x/"),
        *("/v2/email/identities", "/v2/_catalog", "/iceberg/v1/config", "/oauth2/userInfo", "/restapis", "/_alb/x/"),
        "/.well-known/openid-configuration",
        "/2015-03-31/functions/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_emulators_paths_are_pages_that_the_site_does_not_have(system: LocalSystem, method: str, path: str) -> None:
    answer = ask(system.port, method, path)
    if answer.status == 301:  # as to a folder
        assert answer.headers["X-Cache"] == "FunctionGeneratedResponse from cloudfront"
        assert answer.headers["Location"].strip("/") == path.strip("/")
        answer = ask(system.port, method, answer.headers["Location"])
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert answer.headers["X-Cache"].endswith(" from cloudfront")
    assert answer.body == ask(system.port, method, "/no-such-page.html").body


def test_head_says_of_a_page_what_get_does(system: LocalSystem) -> None:
    got, told = (ask(system.port, method, "/", {"Accept-Encoding": "identity"}) for method in ("GET", "HEAD"))
    assert told.status == got.status == 200
    for name in ("Content-Type", "Content-Length", "ETag", "Content-Security-Policy", "Cache-Control"):
        assert told.headers[name] == got.headers[name], name
    assert told.body == b""
    assert len(got.body) == int(got.headers["Content-Length"])


def test_signed_queries_and_api_hosts_get_the_page_that_anybody_gets(system: LocalSystem, unharmed: Path) -> None:
    page = ask(system.port, "GET", "/").body
    for query in (create_stack(unharmed), "Action=ListStacks", "AWSAccessKeyId=local", "X-Amz-Target=DynamoDB.Scan"):
        assert ask(system.port, "GET", f"/?{query}").body == page


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_may_embed_the_counter_and_link_to_the_page(system: LocalSystem, site: str) -> None:
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    assert ask(system.port, "GET", "/visitor-count.js", embedded).status == 200
    assert ask(system.port, "GET", "/", embedded).status == 403
    link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert ask(system.port, "GET", "/", link).status == 200


def test_no_answer_of_either_port_may_be_read_by_another_origin(system: LocalSystem, port: int) -> None:
    preflight = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-amz-target",
    }
    for method, path in (
        ("OPTIONS", "/"),
        ("GET", "/"),
        ("GET", "/visitor-count.js"),
        ("POST", "/"),
        ("OPTIONS", RESET),
    ):
        answer = ask(port, method, path, preflight)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")], (method, path)


def handshake(port: int, path: str, headers: dict[str, str]) -> int:
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    return ask(port, "GET", path, {**asked, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **headers}).status


def test_a_foreign_socket_opens_at_neither_port(system: LocalSystem) -> None:
    with system.clients() as client:
        api = client("apigatewayv2").get_apis()["Items"][0]["ApiId"]
    emulator = emulator_port(system)
    for origin in (EVIL, "null", f"http://localhost:{emulator}", f"http://evil.example:{system.port}"):
        assert handshake(system.port, "/live?visit=foreign-visit", {"Origin": origin}) == 403
    own = {"Origin": system.url}
    for host in (f"127.0.0.1:{emulator}", f"{api}.execute-api.localhost:{emulator}"):
        for path in (f"/_aws/execute-api/{api}/live?visit=foreign-visit", "/live?visit=foreign-visit"):
            assert handshake(emulator, path, {"Host": host, **own}) == 403
    assert handshake(system.port, "/live?visit=foreign-visit", {"Host": f"evil.example:{system.port}", **own}) == 421
    assert handshake(system.port, f"/_aws/execute-api/{api}/live?visit=foreign-visit", own) == 301


OTHER_USER = """
import http.client, os, pathlib, sys
port, state, *pids = sys.argv[1:]
def read(path):
    try:
        return pathlib.Path(path).read_bytes()
    except PermissionError:
        return None
read_ones = [path for pid in pids for path in (f"/proc/{pid}/environ", f"/proc/{pid}/mem") if read(path) is not None]
try:
    read_ones += os.listdir(state)
except PermissionError:
    pass
connection = http.client.HTTPConnection("127.0.0.1", int(port))
connection.request("GET", "/")
print(read_ones, connection.getresponse().status)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_another_user_of_this_machine_gets_nothing(system: LocalSystem) -> None:
    """Even a user with access to the parent folders, who finds the emulator's port, gets nothing."""
    arguments = [str(emulator_port(system)), str(system.project / "output/local"), *map(str, system.processes())]
    python = shutil.which("python3", path="/usr/bin:/bin")  # where another user may run it
    if python is None:
        pytest.skip("no Python that another user may run")
    tried = subprocess.run(
        ["/usr/bin/env", "-i", python, "-I", "-c", OTHER_USER, *arguments],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.stdout == "[] 403\n", tried.stderr
