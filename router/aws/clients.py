"""The clients of the two AWS services, over an HTTP client of our own: what they import decides a cold start, and what
they cost per request a broadcast. Both are made once per execution environment, when an event first needs them.

Endpoints: @connections is told in the configuration. DynamoDB's is AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL, which
the embedded cloud sets, else the Region's, under the domain of the @connections endpoint (China's differs).
"""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, cast

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
    from router.configuration import Configuration

_EXECUTE_API = re.compile(r"https://[^/]+\.execute-api\.(?P<region>[a-z0-9-]+)\.(?P<domain>[a-z0-9.-]+)(?:[:/].*)?")


def dynamodb(configuration: Configuration, environment: Mapping[str, str]) -> DynamoDBClient:
    """Speaks as botocore's client does, as far as `store` needs it."""
    from router.aws.dynamodb import SECONDS_AT_MOST, DynamoDB

    endpoint = Endpoint.of(_dynamodb_url(configuration, environment), environment)
    client = HttpClient(endpoint, at_most=1, timeout=SECONDS_AT_MOST, clock=time.time)
    return cast("DynamoDBClient", DynamoDB(client, _signer("dynamodb", configuration, environment)))


def connections(configuration: Configuration, environment: Mapping[str, str]) -> ConnectionsTransport:
    from router.aws.connections_api import POST_SECONDS_AT_MOST, POSTS_AT_ONCE, ConnectionsTransport

    endpoint = Endpoint.of(configuration.management_endpoint, environment)
    client = HttpClient(endpoint, at_most=POSTS_AT_ONCE, timeout=POST_SECONDS_AT_MOST, clock=time.time)
    return ConnectionsTransport(client, _signer("execute-api", configuration, environment))


def _signer(service: str, configuration: Configuration, environment: Mapping[str, str]) -> Signer:
    return Signer(service, _region(configuration), partial(credentials.find, environment), time.time)


def _dynamodb_url(configuration: Configuration, environment: Mapping[str, str]) -> str:
    given = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")
    if given:
        return given
    known = _EXECUTE_API.fullmatch(configuration.management_endpoint)
    return f"https://dynamodb.{_region(configuration)}.{known['domain'] if known else 'amazonaws.com'}"


def _region(configuration: Configuration) -> str:
    known = _EXECUTE_API.fullmatch(configuration.management_endpoint)
    region = configuration.region or (known["region"] if known else None)
    if region is None:
        raise ConfigurationError("AWS_REGION is not set: must be the Region of the tables, such as eu-central-1")
    return region


def s3(configuration: Configuration) -> S3Client:
    """botocore's own, imported here: the badge is written once a minute at most, after every page was told."""
    import botocore.session
    from botocore.config import Config

    # Short, so that one lost packet does not cost the invocation; the sweep writes a badge that was missed.
    config = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
    client = botocore.session.get_session().create_client("s3", _region(configuration), config=config)
    return cast("S3Client", client)
