from __future__ import annotations

from typing import Any

import pytest

from router import configuration
from router.aws import clients
from router.errors import ConfigurationError
from tests.router.rig import ENVIRONMENT


def endpoint(environment: dict[str, str], **variables: str) -> str:
    client: Any = clients.dynamodb(configuration.read({**ENVIRONMENT, **environment}), variables)
    client.close()
    found = client._client.endpoint
    return f"{found.scheme}://{found.authority}{found.path}"


def test_the_endpoint_of_dynamodb() -> None:
    china = "https://a1b2.execute-api.cn-north-1.amazonaws.com.cn/live"
    local = "http://127.0.0.1:4566/_aws/execute-api/a1b2/live"
    assert endpoint({}) == "https://dynamodb.eu-central-1.amazonaws.com"
    assert endpoint({"AWS_REGION": "", "API_GATEWAY_MANAGEMENT_ENDPOINT": china}) == (
        "https://dynamodb.cn-north-1.amazonaws.com.cn"
    )
    assert endpoint({}, AWS_ENDPOINT_URL="http://127.0.0.1:4566/") == "http://127.0.0.1:4566"
    assert endpoint({}, AWS_ENDPOINT_URL="http://a", AWS_ENDPOINT_URL_DYNAMODB="http://b:1/x") == "http://b:1/x"
    with pytest.raises(ConfigurationError, match="AWS_REGION"):
        endpoint({"AWS_REGION": "", "API_GATEWAY_MANAGEMENT_ENDPOINT": local})


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://a1b2.execute-api.eu-west-1.amazonaws.com", "eu-west-1"),
        ("https://a1b2.execute-api.eu-west-1.amazonaws.com:443/live", "eu-west-1"),
        ("https://a1b2.execute-api.us-gov-west-1.amazonaws.com/live", "us-gov-west-1"),
    ],
)
def test_the_region_of_the_management_endpoint_is_the_fallback(url: str, region: str) -> None:
    assert endpoint({"AWS_REGION": "", "API_GATEWAY_MANAGEMENT_ENDPOINT": url}) == (
        f"https://dynamodb.{region}.amazonaws.com"
    )
    assert endpoint({"API_GATEWAY_MANAGEMENT_ENDPOINT": url}) == "https://dynamodb.eu-central-1.amazonaws.com"


def test_the_transport_signs_for_the_region_and_uses_the_management_endpoint() -> None:
    transport = clients.connections(configuration.read(ENVIRONMENT), {"AWS_CA_BUNDLE": "bundle.pem"})
    transport.client.close()
    assert transport.client.endpoint.host == "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
    assert (transport.client.endpoint.path, transport.client.endpoint.certificates) == ("/live", "bundle.pem")
    assert transport.signer._scope == ("eu-central-1", "execute-api")


def test_s3_is_botocores_client_of_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = clients.s3(configuration.read(ENVIRONMENT))
    assert client.meta.region_name == "eu-central-1"
    config: Any = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    client.close()
