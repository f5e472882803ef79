"""The services behind the page and its socket, called directly: what the template's stack would need at run time."""

from __future__ import annotations

import base64
import json
import os
import socket
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from deployment.aws.emulated import EXECUTE_API_PATH
from router.contract import tables
from template_gen import names
from tests.emulators.outcome import Outcome, outcome_of
from tests.emulators.probe import (
    BUCKET,
    KEY,
    closure,
    create_stack,
    template,
    texts_in_conditions,
    upload_code,
    without,
)
from tests.emulators.servers import Cloud

_PATIENCE = 30.0
_CONTROL: Any = {
    "Name": "site",
    "SigningProtocol": "sigv4",
    "SigningBehavior": "always",
    "OriginAccessControlOriginType": "s3",
}
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def function_runs(cloud: Cloud) -> None:
    role = "arn:aws:iam::123456789012:role/router"
    cloud.client("iam").create_role(
        RoleName="router", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}'
    )
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="router", Runtime="python3.13", Role=role, Handler="router.handler.handle",
        Code={"S3Bucket": BUCKET, "S3Key": KEY},
    )  # fmt: skip
    functions.get_waiter("function_active_v2").wait(FunctionName="router")
    content = functions.invoke(FunctionName="router", Payload=b"{}")["Payload"].read()
    assert json.loads(content) == {"error": "unknown event"}, content


def stream_reaches_the_router(cloud: Cloud) -> None:
    """Through the template's two mappings and aliases, which filter the records. Without what only a page needs."""
    resources = texts_in_conditions(template()["Resources"])
    wanted = closure("CountMapping", resources) | closure("VisitsMapping", resources)
    left = {name for name in wanted if resources[name]["Type"].startswith(("AWS::CloudFront", "AWS::ApiGatewayV2"))}
    known = create_stack(cloud, "mappings", {name: without(left, resources[name]) for name in wanted - left})
    table, dynamodb = known[names.VISITOR_COUNTS], cloud.client("dynamodb")
    visit = {tables.ID: {"S": tables.visit_key("one")}, tables.ARRIVED_AT: {"N": "1000000000"}}
    dynamodb.put_item(TableName=table, Item={**visit, tables.UNCOUNTED: {"S": "one"}})
    deadline = time.monotonic() + _PATIENCE
    count: Any = {}
    while not count:
        assert time.monotonic() < deadline, f"the visit is not counted within {_PATIENCE:.0f} s"
        time.sleep(0.2)
        count = dynamodb.get_item(TableName=table, Key={tables.ID: {"S": tables.VISITOR_COUNT}}).get("Item", {})
    assert count[tables.CURRENT_COUNT] == {"N": "1"}


def distribution_serves_a_page(cloud: Cloud) -> None:
    """By the Host header, as the smoke test asks for it."""
    s3, cloudfront = cloud.client("s3"), cloud.client("cloudfront")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="index.html", Body=b"hello", ContentType="text/html")
    control = cloudfront.create_origin_access_control(OriginAccessControlConfig=_CONTROL)["OriginAccessControl"]["Id"]
    made = cloudfront.create_distribution(DistributionConfig=_distribution(control))["Distribution"]
    s3.put_bucket_policy(Bucket="pages", Policy=json.dumps(_readable_by(made["ARN"])))
    headers = {"Host": made["DomainName"], "X-Forwarded-Proto": "https"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{cloud.url}/index.html", headers=headers)) as page:
            assert page.read() == b"hello"
    except OSError as error:
        raise AssertionError(f"{error}; {_by_path(cloud, made['Id'])}") from error


def _by_path(cloud: Cloud, distribution: str) -> str:
    """Return whether the page is at a path instead."""
    path = f"/cloudfront/{distribution}/index.html"
    try:
        with urllib.request.urlopen(cloud.url + path) as page:
            return f"served at {path.replace(distribution, 'ID')}: {page.read() == b'hello'}"
    except OSError as error:
        return f"at {path.replace(distribution, 'ID')}: {error}"


def _readable_by(distribution: str) -> Any:
    reader = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::pages/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    return {"Version": "2012-10-17", "Statement": [reader]}


def _distribution(control: str) -> Any:
    origin = {
        "Id": "site",
        "DomainName": "pages.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": control,
    }
    behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": _CACHING_OPTIMIZED}
    return {
        "CallerReference": "one",
        "Comment": "",
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }


def socket_opens(cloud: Cloud) -> None:
    """An API without routes accepts every connection."""
    where = urlsplit(cloud.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as opened:
        lines = (
            f"GET {EXECUTE_API_PATH}/{_socket_api(cloud)}/live HTTP/1.1",
            f"Host: {where.netloc}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "\r\n",
        )  # fmt: skip
        opened.sendall("\r\n".join(lines).encode())
        status = opened.recv(4096).decode(errors="replace").partition("\r\n")[0]
    assert " 101 " in status, status


def posts_to_a_closed_page_are_gone(cloud: Cloud) -> None:
    posts = cloud.client("apigatewaymanagementapi", f"{EXECUTE_API_PATH}/{_socket_api(cloud)}/live")
    with pytest.raises(ClientError, match="GoneException"):
        posts.post_to_connection(ConnectionId="Cc1lwfT9FiACEw7A", Data=b"{}")


def _socket_api(cloud: Cloud) -> str:
    apis = cloud.client("apigatewayv2")
    name: str = apis.create_api(Name="live", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")[
        "ApiId"
    ]
    apis.create_stage(ApiId=name, StageName="live", AutoDeploy=True)
    return name


CHECKS: Mapping[str, Callable[[Cloud], None]] = {
    "Lambda runs the router": function_runs,
    "a visit in the stream is counted by it": stream_reaches_the_router,
    "CloudFront serves a page": distribution_serves_a_page,
    "a WebSocket opens": socket_opens,
    "a post to a closed page is 410": posts_to_a_closed_page_are_gone,
}


def results(cloud: Cloud) -> Mapping[str, Outcome]:
    upload_code(cloud)
    return {name: outcome_of(partial(check, cloud)) for name, check in CHECKS.items()}
