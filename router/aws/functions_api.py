"""The client of Lambda's Invoke operation: it invokes this function asynchronously, for a part of a broadcast."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from router.aws.http_client import UNTIL_RESPONSE, Request
from router.errors import ExchangeError, FunctionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.aws.http_client import HttpClient
    from router.aws.http_response import Response
    from router.aws.signing import Signer

TIMEOUT_SECONDS = 2.0
_ATTEMPTS = 2
_ACCEPTED = range(200, 300)
_SERVER_ERROR, _TOO_MANY_REQUESTS = 500, 429


class Functions(Protocol):
    """A function."""

    def invoke(self, event: Mapping[str, Any]) -> None:
        """Invoke it asynchronously. Raises FunctionError when Lambda does not accept the event."""


@dataclass(frozen=True, slots=True)
class LambdaFunction:
    """A function in Lambda. `name` is that of AWS_LAMBDA_FUNCTION_NAME."""

    client: HttpClient
    signer: Signer
    name: str

    def invoke(self, event: Mapping[str, Any]) -> None:
        """Invoke it asynchronously.

        A second attempt may deliver the event twice, as Lambda itself may: the handler must expect that. Raises
        FunctionError when Lambda does not accept the event.
        """
        body = json.dumps(event, separators=(",", ":")).encode()
        answer = self._exchange(body)
        for _ in range(_ATTEMPTS - 1):
            if isinstance(answer, ExchangeError) or _is_retryable(answer.status):
                answer = self._exchange(body)
        if isinstance(answer, ExchangeError):
            raise FunctionError(f"Invoke: {answer}") from answer
        if answer.status not in _ACCEPTED:
            raise FunctionError(f"Invoke: {answer.headers.get('x-amzn-errortype') or f'HTTP {answer.status}'}")

    def _exchange(self, body: bytes) -> Response | ExchangeError:
        headers = (
            ("content-type", "application/json"),
            ("host", self.client.endpoint.authority),
            ("x-amz-invocation-type", "Event"),
        )
        path = f"{self.client.endpoint.path}/2015-03-31/functions/{quote(self.name, safe='')}/invocations"
        answers: list[Response | ExchangeError] = []
        requests = [Request(self.signer.post(path, headers, body), answers.append)]
        self.client.run(lambda: requests.pop() if requests else UNTIL_RESPONSE)
        return answers[0]


def _is_retryable(status: int) -> bool:
    return status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS
