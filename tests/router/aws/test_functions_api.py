from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from router import configuration
from router.aws import clients
from router.aws.functions_api import LambdaFunction
from router.errors import FunctionError
from tests.router.rig import ENVIRONMENT
from tests.router.scripted_server import ScriptedServer, scripted_server

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
CONFIGURATION = replace(configuration.read(ENVIRONMENT), function_name="cv-router")
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nx-amzn-ErrorType: TooManyRequestsException\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nx-amzn-ErrorType: AccessDeniedException\r\n\r\n"


@contextmanager
def function(*responses: bytes) -> Iterator[tuple[LambdaFunction, ScriptedServer]]:
    with scripted_server(responses) as server:
        made = clients.function(CONFIGURATION, {**KEYS, "AWS_ENDPOINT_URL_LAMBDA": server.url})
        yield made, server
        made.client.close()


def test_an_event_is_sent_as_an_asynchronous_invocation() -> None:
    with function(ACCEPTED) as (router, server):
        router.invoke({"router.segment": {"index": 0}})
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /2015-03-31/functions/cv-router/invocations HTTP/1.1\r\n")
    assert b"x-amz-invocation-type: Event\r\n" in head
    assert b"/eu-central-1/lambda/aws4_request" in head
    assert json.loads(body) == {"router.segment": {"index": 0}}


@pytest.mark.parametrize("responses", [(BUSY, ACCEPTED), (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", ACCEPTED)])
def test_what_may_pass_is_tried_again(responses: Sequence[bytes]) -> None:
    with function(*responses) as (router, server):
        router.invoke({})
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("responses", "message"),
    [((BUSY, BUSY), "Invoke: TooManyRequestsException"), ((REFUSED,), "Invoke: AccessDeniedException")],
)
def test_what_lambda_does_not_accept_is_an_error(responses: Sequence[bytes], message: str) -> None:
    with function(*responses) as (router, _), pytest.raises(FunctionError, match=message):
        router.invoke({})


def test_no_response_is_an_error() -> None:
    router = clients.function(CONFIGURATION, {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    with pytest.raises(FunctionError, match="Invoke: "):
        router.invoke({})


def test_its_endpoint_is_that_of_the_region() -> None:
    router = clients.function(CONFIGURATION, {})
    assert router.client.endpoint.authority == "lambda.eu-central-1.amazonaws.com"
