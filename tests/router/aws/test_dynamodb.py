"""The client with a real server. botocore's client provides the expected results."""

from __future__ import annotations

import json
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from router import configuration
from router.aws import clients
from router.configuration import Configuration
from tests.router.dynamodb_server import dynamodb_server
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import ENVIRONMENT
from tests.router.scripted_server import scripted_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
CONFIGURATION = configuration.read(ENVIRONMENT)
ROW = {"id": {"S": "visit#ünï\n"}, "arrivedAt": {"N": "1"}, "uncounted": {"S": "v"}, "expiresAt": {"N": "2"}}
UNMARK = {
    "Update": {
        "TableName": VISITS,
        "Key": {"id": {"S": "visit#a"}},
        "UpdateExpression": "REMOVE uncounted",
        "ConditionExpression": "attribute_exists(uncounted)",
    }
}


@contextmanager
def ours(url: str, settings: Configuration = CONFIGURATION) -> Iterator[Any]:
    client: Any = clients.dynamodb(settings, {**KEYS, "AWS_ENDPOINT_URL_DYNAMODB": url})
    yield client
    client.close()


@contextmanager
def theirs(url: str) -> Iterator[Any]:
    client = botocore.session.get_session().create_client(
        "dynamodb",
        "eu-central-1",
        endpoint_url=url,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="example",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


CALLS: dict[str, Callable[[Any], Any]] = {
    "put": lambda client: client.put_item(TableName=VISITS, Item=ROW),
    "put a salt": lambda client: client.put_item(
        TableName=VISITS, Item={"id": {"S": "salt"}, "salt": {"B": bytes(range(256))}}
    ),
    "put again": lambda client: client.put_item(
        TableName=VISITS, Item=ROW, ConditionExpression="attribute_not_exists(id)"
    ),
    "get": lambda client: client.batch_get_item(
        RequestItems={
            VISITS: {
                "Keys": [{"id": {"S": key}} for key in ("visit#ünï\n", "salt", "absent")],
                "ConsistentRead": True,
            }
        }
    ),
    "update": lambda client: client.update_item(
        TableName=VISITS,
        Key={"id": {"S": "online"}},
        UpdateExpression="SET connections = :c",
        ExpressionAttributeValues={":c": {"N": "3"}},
    ),
    "scan": lambda client: client.scan(TableName=CONNECTIONS, ProjectionExpression="connectionId, connectedAt"),
    "transact": lambda client: client.transact_write_items(TransactItems=[UNMARK]),
    "delete": lambda client: client.delete_item(TableName=CONNECTIONS, Key={"connectionId": {"S": "c"}}),
    "delete many": lambda client: client.batch_write_item(
        RequestItems={CONNECTIONS: [{"DeleteRequest": {"Key": {"connectionId": {"S": "c"}}}}]}
    ),
}


def answers(client: Any) -> dict[str, Any]:
    """Return the result or the error of every call, without the parts that legitimately differ."""
    found: dict[str, Any] = {}
    for name, call in CALLS.items():
        try:
            found[name] = {key: value for key, value in call(client).items() if key != "ResponseMetadata"}
        except ClientError as error:
            response: dict[str, Any] = {**error.response}
            metadata = response.pop("ResponseMetadata")
            response.pop("message", None)  # botocore adds it for modelled exceptions
            found[name] = {**response, "status": metadata["HTTPStatusCode"], "operation": error.operation_name}
    return found


def test_responses_equal_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with dynamodb_server() as first, dynamodb_server() as second, ours(first.url) as own, theirs(second.url) as peer:
        wanted = answers(peer)
        assert answers(own) == wanted
        assert first.table.rows == second.table.rows
    assert wanted["put again"]["Error"]["Code"] == "ConditionalCheckFailedException"
    assert wanted["transact"]["CancellationReasons"] == [{"Code": "ConditionalCheckFailed"}]


def reply(status: int, body: Any, *headers: str) -> bytes:
    content = json.dumps(body).encode() if not isinstance(body, bytes) else body
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content


FINE = reply(200, {})


def put(client: Any) -> Any:
    return CALLS["put"](client)


@pytest.mark.parametrize(
    "first",
    [
        reply(500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}),
        reply(503, b"<html>"),
        reply(400, {"__type": "x#ThrottlingException", "message": "slow down"}),
        reply(200, {}, f"x-amz-crc32: {zlib.crc32(b'{}') + 1}"),
        reply(200, b"<html>"),
        reply(200, b"{}"[:1]),
        reply(200, b'{"Items": [{"id": {"S": "a'),
        reply(200, b"[" * 100_000),
        reply(200, b'{"a": ' * 100_000),
        reply(200, b"[]"),
        reply(200, b"{}\xff"),
        reply(200, {"Item": {"salt": {"B": "not base64"}}}),
        reply(503, b"[" * 100_000),
        reply(400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException:http://internal.amazon.com/"}),
        b"junk\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno end",
    ],
)
def test_retryable_errors_are_retried_once_with_the_same_bytes(first: bytes) -> None:
    with scripted_server([first, FINE], [FINE]) as server, ours(server.url) as client:
        client.transact_write_items(TransactItems=[UNMARK])
        bodies = [request.partition(b"\r\n\r\n")[2] for request in server.requests]
        assert len(bodies) == 2
        assert bodies[0] == bodies[1], "including the token that prevents a second application"


OPERATIONS = {
    "put": "PutItem",
    "get": "BatchGetItem",
    "update": "UpdateItem",
    "scan": "Scan",
    "transact": "TransactWriteItems",
    "delete": "DeleteItem",
    "delete many": "BatchWriteItem",
}


@pytest.mark.parametrize("call", OPERATIONS)
def test_a_request_and_its_retry_name_the_operation(call: str) -> None:
    with scripted_server([reply(503, b""), FINE], [FINE]) as server:
        with ours(f"{server.url}/prefix") as client:
            CALLS[call](client)
        for request in server.requests:
            head, _, body = request.partition(b"\r\n\r\n")
            line, *headers = head.decode().split("\r\n")
            assert line == "POST /prefix/ HTTP/1.1"
            assert f"x-amz-target: DynamoDB_20120810.{OPERATIONS[call]}" in headers
            assert "content-type: application/x-amz-json-1.0" in headers
            assert f"host: {server.url.removeprefix('http://')}" in headers
            assert body.decode() == json.dumps(json.loads(body), separators=(",", ":")), "compact"
    assert len(server.requests) == 2


def test_the_pause_before_a_retry_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("router.aws.dynamodb.time.sleep", pauses.append)
    for _ in range(10):
        with scripted_server([reply(503, b""), FINE], [FINE]) as server, ours(server.url) as client:
            put(client)
    assert len(pauses) == 10
    assert 0 <= min(pauses) < max(pauses) <= 0.1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(200, {}, f"x-amz-crc32: {zlib.crc32(b'{}') + 1}"), "corrupt response"),
        (reply(200, b"<html>"), "invalid response"),
    ],
)
def test_an_unusable_response_is_an_error_that_names_the_endpoint(answer: bytes, reason: str) -> None:
    with (
        scripted_server([answer, answer], [answer]) as server,
        ours(server.url) as client,
        pytest.raises(HTTPClientError, match=f"{server.url.removeprefix('http://')}: {reason}"),
    ):
        put(client)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"message": "no"}, "400", "no"),
        ({"__type": "x#Refused", "Message": "no"}, "Refused", "no"),
        ({"__type": "x#Refused"}, "Refused", ""),
    ],
)
def test_an_error_without_a_type_or_a_message(body: Any, code: str, message: str) -> None:
    refusal = reply(400, body)
    with scripted_server([refusal]) as server, ours(server.url) as client, pytest.raises(ClientError) as caught:
        put(client)
    assert caught.value.response["Error"] == {"Code": code, "Message": message}


def test_a_list_that_is_not_of_texts_is_no_set_of_binary_values() -> None:
    item = {"set": {"BS": [1]}, "one": {"B": "AAE="}}
    with scripted_server([reply(200, {"Items": [item]})]) as server, ours(server.url) as client:
        assert client.scan(TableName=VISITS)["Items"] == [{"set": {"BS": [1]}, "one": {"B": b"\x00\x01"}}]


def test_other_errors_are_not_retried() -> None:
    refusal = reply(400, {"__type": "x#ValidationException", "message": "no"})
    with scripted_server([refusal]) as server, ours(server.url) as client:
        with pytest.raises(ClientError, match=r"ValidationException.*PutItem.*no"):
            put(client)
        assert len(server.requests) == 1


TYPES = [
    "ConditionalCheckFailedException",
    "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
    "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException:http://internal.amazon.com/coral/#x",
    "ConditionalCheckFailedException:http://internal.amazon.com/",
    "a#b#ConditionalCheckFailedException",
]


@pytest.mark.parametrize("type_", TYPES)
def test_error_codes_equal_botocores(type_: str) -> None:
    refusal = reply(400, {"__type": type_, "message": "no"})
    codes = []
    with scripted_server([refusal], [refusal]) as server, ours(server.url) as own, theirs(server.url) as peer:
        for client in (own, peer):
            with pytest.raises(ClientError) as caught:
                put(client)
            codes.append(caught.value.response["Error"]["Code"])
    assert codes == ["ConditionalCheckFailedException"] * 2


def test_binary_values_are_decoded_like_botocore() -> None:
    item = {
        "one": {"B": "AAE="},
        "set": {"BS": ["AAE=", "/w=="]},
        "list": {"L": [{"B": ""}, {"S": "AAE="}]},
        "B": {"M": {"B": {"BS": []}, "BS": {"S": "B"}}},
        "BS": {"SS": ["AAE="]},
    }
    fetched = reply(200, {"Items": [item]})
    found: list[Any] = []
    with scripted_server([fetched], [fetched]) as server, ours(server.url) as own, theirs(server.url) as peer:
        found += [client.scan(TableName=VISITS)["Items"] for client in (own, peer)]
    assert found[0] == found[1]
    assert found[0][0]["set"] == {"BS": [b"\x00\x01", b"\xff"]}


def test_binary_values_are_encoded_like_botocore() -> None:
    sent = []
    item = {"id": {"S": "a"}, "one": {"B": b"\x00\x01"}, "set": {"BS": [b"\x00\x01", b"\xff"]}}
    with scripted_server([FINE], [FINE]) as server, ours(server.url) as own, theirs(server.url) as peer:
        for client in (own, peer):
            client.put_item(TableName=VISITS, Item=item)
        sent = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    assert sent[0] == sent[1]


def test_two_failures_are_an_error() -> None:
    broken = reply(500, [])
    with scripted_server([broken, broken]) as server, ours(server.url) as client, pytest.raises(ClientError) as caught:
        put(client)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    with scripted_server() as server:
        url = server.url
    with ours(url) as client, pytest.raises(HTTPClientError, match="ConnectionRefusedError"):
        put(client)


def test_a_correct_checksum_is_accepted() -> None:
    body = b'{"Items": []}'
    with scripted_server([reply(200, body, f"x-amz-crc32: {zlib.crc32(body)}")]) as server, ours(server.url) as client:
        assert client.scan(TableName=VISITS) == {"Items": []}
