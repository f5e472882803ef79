"""DynamoDB's JSON protocol: the seven requests of `store`, called and answered as by botocore's client.

botocore's own client loads 3 MB of models before its first request, which is most of a cold start. This one speaks its
language, method names, parameters, results and errors, so the same tests run over both, over moto and over the fake.
Unlike botocore's it checks no parameters: DynamoDB does.

A request is tried twice where the same may pass in a moment: no answer, a damaged one, a server error, a throttle. The
second try has the same bytes and so the same ClientRequestToken, and a transaction whose first answer was lost succeeds
without being applied again. Whatever takes longer is tried again where the deadline is known (`fold`).
"""

from __future__ import annotations

import binascii
import json
import os
import random
import time
import zlib
from typing import TYPE_CHECKING, Any

from router.aws.http_client import UNTIL_AN_ANSWER, Request
from router.errors import ExchangeError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError, HTTPClientError

    from router.aws.http_client import HttpClient
    from router.aws.http_response import Response
    from router.aws.signing import Signer

SECONDS_AT_MOST = 2.0
_TRIES = 2
_PAUSE_SECONDS = 0.1
_OK = 200
_SERVER_ERROR = 500
_THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "ThrottledException"}
)


class DynamoDB:
    """Every method raises botocore's ClientError for a refusal, its HTTPClientError where there was no answer."""

    def __init__(self, client: HttpClient, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        return self._call("BatchGetItem", request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        return self._call("BatchWriteItem", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        return self._call("DeleteItem", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        return self._call("PutItem", request)

    def scan(self, **request: Any) -> dict[str, Any]:
        return self._call("Scan", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return self._call("TransactWriteItems", {"ClientRequestToken": os.urandom(16).hex(), **request})

    def update_item(self, **request: Any) -> dict[str, Any]:
        return self._call("UpdateItem", request)

    def close(self) -> None:
        self._client.close()

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(request, separators=(",", ":"), default=_base64).encode()
        answer = self._exchange(operation, body)
        for _ in range(_TRIES - 1):
            if isinstance(answer, dict) or not _may_pass(answer):
                break
            time.sleep(random.random() * _PAUSE_SECONDS)  # noqa: S311 - jitter, not a secret
            answer = self._exchange(operation, body)
        if isinstance(answer, dict):
            return answer
        if isinstance(answer, ExchangeError):
            raise _unreachable(self._client.endpoint.authority, answer) from answer
        raise _refusal(operation, answer)

    def _exchange(self, operation: str, body: bytes) -> dict[str, Any] | Response | ExchangeError:
        """The result, or the refusal, or why there is neither."""
        headers = (
            ("content-type", "application/x-amz-json-1.0"),
            ("host", self._client.endpoint.authority),
            ("x-amz-target", f"DynamoDB_20120810.{operation}"),
        )
        path = self._client.endpoint.path + "/"
        answers: list[Response | ExchangeError] = []
        requests = [Request(self._signer.post(path, headers, body), answers.append)]
        self._client.run(lambda: requests.pop() if requests else UNTIL_AN_ANSWER)
        return _checked(answers[0])


def _checked(answer: Response | ExchangeError) -> dict[str, Any] | Response | ExchangeError:
    """An answer whose checksum, which DynamoDB sends along, is not its body's, is none; nor is a result that is not a
    JSON object, for there may be no checksum."""
    if isinstance(answer, ExchangeError):
        return answer
    checksum = answer.headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(answer.body)):
        return ExchangeError("damaged")
    if answer.status != _OK:
        return answer
    try:
        result = json.loads(answer.body, object_hook=_binary if b'"B' in answer.body else None)
    except (ValueError, RecursionError):
        result = None
    return result if isinstance(result, dict) else ExchangeError("not DynamoDB's")


def _base64(binary: bytes) -> str:
    return binascii.b2a_base64(binary, newline=False).decode()


def _binary(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value, with bytes for base64, alone (B) or in a set (BS). Raises ValueError."""
    match value:
        case {"B": str(text), **others} if not others:
            return {"B": binascii.a2b_base64(text)}
        case {"BS": [*texts], **others} if not others and all(isinstance(text, str) for text in texts):
            return {"BS": [binascii.a2b_base64(text) for text in texts]}
        case _:
            return value


def _may_pass(answer: Response | ExchangeError) -> bool:
    return isinstance(answer, ExchangeError) or answer.status >= _SERVER_ERROR or _error(answer)[0] in _THROTTLED


def _error(answer: Response) -> tuple[str, dict[str, Any]]:
    """AWS's code, without its namespace and the address that may follow, and all that the answer says."""
    try:
        details = json.loads(answer.body)
    except (ValueError, RecursionError):
        details = None
    if not isinstance(details, dict):
        details = {}
    code = str(details.get("__type", "")).partition(":")[0].rpartition("#")[2]
    return code or str(answer.status), details


def _refusal(operation: str, answer: Response) -> ClientError:
    from botocore.exceptions import ClientError

    code, details = _error(answer)
    message = details.pop("message", None) or details.pop("Message", None) or ""
    details.pop("__type", None)
    response: Any = {
        "Error": {"Code": code, "Message": str(message)},
        "ResponseMetadata": {"HTTPStatusCode": answer.status},
        **details,
    }
    return ClientError(response, operation)


def _unreachable(endpoint: str, error: ExchangeError) -> HTTPClientError:
    from botocore.exceptions import HTTPClientError

    return HTTPClientError(error=f"{endpoint}: {error}")
