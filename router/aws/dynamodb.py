"""A DynamoDB client for the seven operations of `storage`, with the interface of botocore's client.

botocore's client loads 3 MB of service models before its first request, which is most of a cold start. This client has
the same method names, parameters, results and errors, so the same tests run with both, with moto and with the fake. It
does not validate parameters; DynamoDB does.

A request is retried once after a retryable error: no response, a corrupt response, a server error or throttling. The
retry sends the same bytes and thus the same ClientRequestToken, so a transaction whose first response was lost is not
applied twice. Further retries are up to the callers, which know the deadline (`fold`, `retry`).
"""

from __future__ import annotations

import binascii
import json
import os
import random
import time
import zlib
from typing import TYPE_CHECKING, Any

from router.aws.http_client import UNTIL_RESPONSE, Request
from router.errors import ExchangeError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError, HTTPClientError

    from router.aws.http_client import HttpClient
    from router.aws.http_response import Response
    from router.aws.signing import Signer

TIMEOUT_SECONDS = 2.0
_ATTEMPTS = 2
_PAUSE_SECONDS = 0.1
_OK = 200
_SERVER_ERROR = 500
_THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "ThrottledException"}
)


class DynamoDB:
    """The client.

    Every operation raises botocore's ClientError for an error response, HTTPClientError without a response.
    """

    def __init__(self, client: HttpClient, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Call BatchGetItem. Raises ClientError or HTTPClientError, as every operation does."""
        return self._call("BatchGetItem", request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:
        """Call BatchWriteItem."""
        return self._call("BatchWriteItem", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Call DeleteItem."""
        return self._call("DeleteItem", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Call PutItem."""
        return self._call("PutItem", request)

    def scan(self, **request: Any) -> dict[str, Any]:
        """Call Scan: one page."""
        return self._call("Scan", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """Call TransactWriteItems, with a new ClientRequestToken unless the request has one."""
        return self._call("TransactWriteItems", {"ClientRequestToken": os.urandom(16).hex(), **request})

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Call UpdateItem."""
        return self._call("UpdateItem", request)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(request, separators=(",", ":"), default=_base64).encode()
        answer = self._exchange(operation, body)
        for _ in range(_ATTEMPTS - 1):
            if isinstance(answer, dict) or not _is_retryable(answer):
                break
            time.sleep(random.random() * _PAUSE_SECONDS)  # noqa: S311 - jitter, not a secret
            answer = self._exchange(operation, body)
        if isinstance(answer, dict):
            return answer
        if isinstance(answer, ExchangeError):
            raise _connection_error(self._client.endpoint.authority, answer) from answer
        raise _client_error(operation, answer)

    def _exchange(self, operation: str, body: bytes) -> dict[str, Any] | Response | ExchangeError:
        """Send one request and return its result, the error response, or the reason why there is no response."""
        headers = (
            ("content-type", "application/x-amz-json-1.0"),
            ("host", self._client.endpoint.authority),
            ("x-amz-target", f"DynamoDB_20120810.{operation}"),
        )
        path = self._client.endpoint.path + "/"
        answers: list[Response | ExchangeError] = []
        requests = [Request(self._signer.post(path, headers, body), answers.append)]
        self._client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE)
        return _parsed(answers[0])


def _parsed(answer: Response | ExchangeError) -> dict[str, Any] | Response | ExchangeError:
    """Return the result of a successful response, or the error.

    A response with a wrong checksum is an ExchangeError. So is a result that is not a JSON object, since not every
    response has a checksum.
    """
    if isinstance(answer, ExchangeError):
        return answer
    checksum = answer.headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(answer.body)):
        return ExchangeError("corrupt response")
    if answer.status != _OK:
        return answer
    try:
        result = json.loads(answer.body, object_hook=_binary if b'"B' in answer.body else None)
    except (ValueError, RecursionError):
        result = None
    return result if isinstance(result, dict) else ExchangeError("invalid response")


def _base64(binary: bytes) -> str:
    return binascii.b2a_base64(binary, newline=False).decode()


def _binary(value: dict[str, Any]) -> dict[str, Any]:
    """Decode an attribute value of type B or BS from Base64; return any other object unchanged. Raises ValueError."""
    match value:
        case {"B": str(text), **others} if not others:
            return {"B": binascii.a2b_base64(text)}
        case {"BS": [*texts], **others} if not others and all(isinstance(text, str) for text in texts):
            return {"BS": [binascii.a2b_base64(text) for text in texts]}
        case _:
            return value


def _is_retryable(answer: Response | ExchangeError) -> bool:
    return isinstance(answer, ExchangeError) or answer.status >= _SERVER_ERROR or _error(answer)[0] in _THROTTLED


def _error(answer: Response) -> tuple[str, dict[str, Any]]:
    """Return the AWS error code, without its namespace and the URL that may follow, and the whole JSON body."""
    try:
        details = json.loads(answer.body)
    except (ValueError, RecursionError):
        details = None
    if not isinstance(details, dict):
        details = {}
    code = str(details.get("__type", "")).partition(":")[0].rpartition("#")[2]
    return code or str(answer.status), details


def _client_error(operation: str, answer: Response) -> ClientError:
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


def _connection_error(endpoint: str, error: ExchangeError) -> HTTPClientError:
    from botocore.exceptions import HTTPClientError

    return HTTPClientError(error=f"{endpoint}: {error}")
