"""The real AWS clients. botocore rather than boto3, which imports more and adds nothing used here.

Both are made once per execution environment, from one session, and only when an event first needs them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

from router.transport import POSTS_AT_ONCE

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi.client import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

    from router.configuration import Configuration

# Short, so that one lost packet does not cost the invocation: both services answer in milliseconds. One retry inside
# the client covers a connection that died while Lambda was frozen; whatever takes longer is tried again where the
# deadline is known.
_STORE = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
_MANAGEMENT = Config(
    connect_timeout=1,
    read_timeout=1.5,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=POSTS_AT_ONCE,
)


def dynamodb(configuration: Configuration) -> DynamoDBClient:
    return cast("DynamoDBClient", _session().create_client("dynamodb", configuration.region, config=_STORE))


def management(configuration: Configuration) -> ApiGatewayManagementApiClient:
    client = _session().create_client(
        "apigatewaymanagementapi",
        configuration.region,
        endpoint_url=configuration.management_endpoint,
        config=_MANAGEMENT,
    )
    return cast("ApiGatewayManagementApiClient", client)


def s3(configuration: Configuration) -> S3Client:
    return cast("S3Client", _session().create_client("s3", configuration.region, config=_STORE))


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()
