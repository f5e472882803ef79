"""Factories for the AWS clients. Each client is created once per execution environment, on first use.

DynamoDB and @connections use the project's own HTTP client, because imports dominate a cold start and the CPU time per
request dominates a broadcast.

Endpoints: the configuration contains the @connections endpoint. The DynamoDB endpoint is AWS_ENDPOINT_URL_DYNAMODB or
AWS_ENDPOINT_URL, which the embedded cloud sets; otherwise it is the regional endpoint under the domain of the
@connections endpoint (the domain differs in China).
"""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from router.aws import credentials
from router.aws.endpoint import Endpoint
from router.aws.http_client import HttpClient
from router.aws.signing import Signer
from router.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

    from router.aws.connections_api import ConnectionsTransport
    from router.aws.functions_api import LambdaFunction
    from router.aws.stage import Stage
    from router.aws.topic import Topic
    from router.configuration import Configuration

_UNKNOWN_MEGABYTES = 1769  # outside Lambda, which sets the variable
_EXECUTE_API = re.compile(r"https://[^/]+\.execute-api\.(?P<region>[a-z0-9-]+)\.(?P<domain>[a-z0-9.-]+)(?:[:/].*)?")


def dynamodb(configuration: Configuration, environment: Mapping[str, str]) -> DynamoDBClient:
    """Return a client with the subset of botocore's DynamoDB interface that `storage` uses.

    Raises ConfigurationError when the Region is unknown.
    """
    from router.aws.dynamodb import TIMEOUT_SECONDS, DynamoDB

    endpoint = Endpoint.of(_url("dynamodb", configuration, environment), environment)
    client = HttpClient(endpoint, max_connections=1, timeout=TIMEOUT_SECONDS, clock=time.time)
    return cast("DynamoDBClient", DynamoDB(client, _signer("dynamodb", configuration, environment)))


def connections(configuration: Configuration, environment: Mapping[str, str]) -> ConnectionsTransport:
    """Return the transport to the @connections API. Raises ConfigurationError when the Region is unknown."""
    from router.aws.connections_api import MAX_CONNECTIONS, TIMEOUT_SECONDS, ConnectionsTransport, cpu_share

    endpoint = Endpoint.of(configuration.management_endpoint, environment)
    client = HttpClient(endpoint, max_connections=MAX_CONNECTIONS, timeout=TIMEOUT_SECONDS, clock=time.time)
    share = cpu_share(float(environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") or _UNKNOWN_MEGABYTES))
    return ConnectionsTransport(client, _signer("execute-api", configuration, environment), share)


def function(configuration: Configuration, environment: Mapping[str, str]) -> LambdaFunction:
    """Return the client that invokes this function. Raises ConfigurationError when the Region is unknown."""
    from router.aws.functions_api import TIMEOUT_SECONDS, LambdaFunction

    endpoint = Endpoint.of(_url("lambda", configuration, environment), environment)
    client = HttpClient(endpoint, max_connections=1, timeout=TIMEOUT_SECONDS, clock=time.time)
    return LambdaFunction(client, _signer("lambda", configuration, environment), configuration.function_name)


def _signer(service: str, configuration: Configuration, environment: Mapping[str, str]) -> Signer:
    return Signer(service, _region(configuration), partial(credentials.find, environment), time.time)


def _url(service: str, configuration: Configuration, environment: Mapping[str, str]) -> str:
    override = environment.get(f"AWS_ENDPOINT_URL_{service.upper()}") or environment.get("AWS_ENDPOINT_URL")
    if override:
        return override
    match = _EXECUTE_API.fullmatch(configuration.management_endpoint)
    return f"https://{service}.{_region(configuration)}.{match['domain'] if match else 'amazonaws.com'}"


def _region(configuration: Configuration) -> str:
    match = _EXECUTE_API.fullmatch(configuration.management_endpoint)
    region = configuration.region or (match["region"] if match else None)
    if region is None:
        raise ConfigurationError("AWS_REGION is not set: must be the Region of the tables, such as eu-central-1")
    return region


def s3(configuration: Configuration) -> S3Client:
    """Return botocore's S3 client. Raises ConfigurationError when the Region is unknown.

    botocore is imported here, because the badge is written at most once a minute, after the broadcast.
    """
    return cast("S3Client", _botocore("s3", configuration))


def stage(configuration: Configuration) -> Stage:
    """Return the stage of the WebSocket API. Raises ConfigurationError."""
    from router.aws.stage import ApiStage, name_of

    return ApiStage(_botocore("apigatewayv2", configuration), *name_of(configuration.management_endpoint))


def topic(configuration: Configuration) -> Topic:
    """Return the topic of the owner's e-mails. Raises ConfigurationError."""
    from router.aws.topic import SnsTopic

    return SnsTopic(_botocore("sns", configuration), configuration.budget.topic)


def _botocore(service: str, configuration: Configuration) -> Any:
    """Return botocore's client, for what happens seldom."""
    import botocore.session
    from botocore.config import Config

    # Short timeouts, so that a lost packet does not use up the invocation. A later tick repeats what was missed.
    config = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
    return botocore.session.get_session().create_client(service, _region(configuration), config=config)
