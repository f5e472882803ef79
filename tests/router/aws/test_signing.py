"""Signatures are compared with those of botocore and of the AWS test suite."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import assume, given
from hypothesis import strategies as st

from router.aws.connections_api import ConnectionsTransport, Post
from router.aws.credentials import Credentials
from router.aws.endpoint import Endpoint
from router.aws.http_client import HttpClient
from router.aws.signing import Headers, Signer

MIDNIGHT = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
CONNECTION_IDS = st.one_of(st.from_regex(r"[A-Za-z0-9_+/%=-]{1,20}", fullmatch=True), TEXT)
IDS = st.lists(CONNECTION_IDS, min_size=1, max_size=3)
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
URLS = st.builds(
    "{}://{}.execute-api.{}.amazonaws.com{}{}".format,
    st.sampled_from(["https", "http"]),
    NAMES,
    NAMES,
    st.sampled_from(["", ":80", ":443", ":8443"]),
    st.sampled_from(["", "/live", "/a/b", "/_aws/execute-api/a1b2/live"]),
)
KEYS = st.builds(
    Credentials,
    st.from_regex(r"[A-Z0-9]{16,24}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9/+=]{1,60}", fullmatch=True),
    st.one_of(st.just(""), st.from_regex(r"[A-Za-z0-9/+=]{1,300}", fullmatch=True)),
)
SECONDS = st.one_of(st.integers(MIDNIGHT - 3, MIDNIGHT + 3), st.integers(0, 4_000_000_000))


def expected(url: str, signer: tuple[str, str, Credentials], second: int, headers: Headers, body: bytes) -> str:
    """Return botocore's Authorization header. Its steps are called separately, because it has no time parameter.

    url: after the method
    """
    method, address = url.split(" ")
    service, region, keys = signer
    request = AWSRequest(method, address, data=body, headers=dict(headers))
    auth = SigV4Auth(BotocoreCredentials(keys.access_key, keys.secret_key, keys.token or None), service, region)
    request.context["timestamp"] = datetime.fromtimestamp(second, UTC).strftime("%Y%m%dT%H%M%SZ")
    auth._modify_request_before_signing(request)  # type: ignore[attr-defined]  # private, so not in the stubs
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    signature = auth.signature(to_sign, request)
    auth._inject_signature_to_request(request, signature)  # type: ignore[attr-defined]
    return str(request.headers["Authorization"])


def authorization(sent: bytes) -> str:
    found = re.search(rb"\r\nauthorization: ([^\r]+)\r\n", sent)
    assert found
    return found[1].decode()


@given(URLS, IDS, st.binary(max_size=40), KEYS, st.lists(SECONDS, max_size=3))
def test_signatures_equal_botocores(
    url: str, ids: list[str], body: bytes, keys: Credentials, seconds: list[int]
) -> None:
    assume(not {".", ".."} & set(ids))  # botocore normalises these path segments; API Gateway does not use them as ids
    endpoint = Endpoint.of(url)
    now = [MIDNIGHT - 1]
    signer = Signer("execute-api", "eu-central-1", lambda: keys, lambda: now[0])
    client = HttpClient(endpoint, max_connections=1, timeout=1, clock=lambda: 0.0)
    transport = ConnectionsTransport(client, signer)
    for second in [MIDNIGHT - 1, MIDNIGHT, *seconds]:
        now[0] = second
        for id_ in ids:
            sent = transport.encode(Post(id_, body))
            path = f"{endpoint.path}/@connections/{quote(id_, safe='')}"
            method = "POST" if body else "DELETE"  # an empty message closes the connection
            assert sent.startswith(f"{method} {path} HTTP/1.1\r\n".encode())
            target = f"{method} {endpoint.scheme}://{endpoint.authority}{path}"
            assert authorization(sent) == expected(target, ("execute-api", "eu-central-1", keys), second, (), body)
            assert sent.endswith(b"\r\n\r\n" + body)
    client.close()


@given(KEYS, KEYS, st.binary(max_size=40), SECONDS)
def test_headers_are_signed_and_credentials_may_rotate(
    first: Credentials, second: Credentials, body: bytes, now: int
) -> None:
    current = [first]
    clock = [now]
    signer = Signer("dynamodb", "us-east-1", lambda: current[0], lambda: clock[0])
    headers = (("content-type", "application/x-amz-json-1.0"), ("host", "h.example"), ("x-amz-target", "D.Scan"))
    for step, keys in enumerate((first, second)):
        current[0], clock[0] = keys, now + step
        sent = signer.post("/", headers, body)
        wanted = expected("POST https://h.example/", ("dynamodb", "us-east-1", keys), now + step, headers, body)
        assert authorization(sent) == wanted
        assert (b"x-amz-security-token" in sent) is bool(keys.token)


def test_the_whole_request() -> None:
    signer = Signer("dynamodb", "us-east-1", lambda: Credentials("AKIDEXAMPLE", "secret", "token"), lambda: MIDNIGHT)
    sent = signer.post("/path", (("host", "h.example"), ("x-amz-target", "D.Scan")), b"{}")
    head, _, body = sent.partition(b"\r\n\r\n")
    *lines, last = head.split(b"\r\n")
    assert lines == [
        b"POST /path HTTP/1.1",
        b"host: h.example",
        b"x-amz-date: 20261125T000000Z",
        b"x-amz-security-token: token",
        b"x-amz-target: D.Scan",
        b"content-length: 2",
    ]
    assert last.startswith(
        b"authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/us-east-1/dynamodb/aws4_request, "
        b"SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target, Signature="
    )
    assert body == b"{}"


def test_requests_of_one_second_are_prepared_once() -> None:
    asked: list[int] = []
    clock = [MIDNIGHT + 0.1]

    def credentials() -> Credentials:
        asked.append(1)
        return Credentials(*SUITE_KEYS)

    signer = Signer("dynamodb", "us-east-1", credentials, lambda: clock[0])
    for body, second, times in ((b"a", 0.1, 1), (b"a", 0.9, 1), (b"a", 1.0, 2), (b"b", 1.0, 3)):
        clock[0] = MIDNIGHT + second
        signer.post("/", (SUITE_HOST,), body)
        assert len(asked) == times


# From the test suite that AWS published for Signature Version 4 ("aws-sig-v4-test-suite"): those of its requests that
# this signer could send, by the suite's names, with the suite's key, Region, service and time.
SUITE_KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE_TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC).timestamp()
SUITE_HOST = ("host", "example.amazonaws.com")
FORM = "application/x-www-form-urlencoded"
SUITE: dict[str, tuple[Headers, bytes, str]] = {
    "post-vanilla": ((SUITE_HOST,), b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "post-header-key-sort": (
        (SUITE_HOST, ("my-header1", "value1")),
        b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "post-header-value-case": (
        (SUITE_HOST, ("my-header1", "VALUE1")),
        b"",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ),
    "post-x-www-form-urlencoded": (
        (("content-type", FORM), SUITE_HOST),
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    "post-x-www-form-urlencoded-parameters": (
        (("content-type", f"{FORM}; charset=utf8"), SUITE_HOST),
        b"Param1=value1",
        "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
    ),
}


@pytest.mark.parametrize("name", SUITE)
def test_the_signature_test_suite_of_aws(name: str) -> None:
    headers, body, signature = SUITE[name]
    signer = Signer("service", "us-east-1", lambda: Credentials(*SUITE_KEYS, ""), lambda: SUITE_TIME)
    names = ";".join(sorted(["x-amz-date", *(name for name, _ in headers)]))
    assert authorization(signer.post("/", headers, body)) == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )
