from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from router import configuration
from router.aws import clients
from router.aws.stage import ApiStage, name_of
from router.errors import StageError
from tests.router.fake_dynamodb import client_error
from tests.router.rig import ENVIRONMENT


class Recorded:
    """A client that records its calls, or raises `fault`."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self.fault = fault

    def __getattr__(self, _name: str) -> Any:
        def call(**request: Any) -> None:
            self.calls.append(request)
            if self.fault:
                raise self.fault

        return call


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("https://a1b2c3.execute-api.eu-central-1.amazonaws.com/live", ("a1b2c3", "live")),
        ("http://127.0.0.1:4566/_aws/execute-api/a1b2c3/live", ("a1b2c3", "live")),
        ("http://localhost:4566/a1b2c3/live", ("a1b2c3", "live")),
    ],
)
def test_the_api_and_its_stage(endpoint: str, name: tuple[str, str]) -> None:
    assert name_of(endpoint) == name


def test_a_throttle() -> None:
    api = Recorded()
    ApiStage(api, "a1", "live").throttle({"$connect": (0.0, 0)})
    settings = {"$connect": {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}}
    assert api.calls == [{"ApiId": "a1", "StageName": "live", "RouteSettings": settings}]


@pytest.mark.parametrize(
    "fault", [client_error("UpdateStage", "TooManyRequestsException"), EndpointConnectionError(endpoint_url="x")]
)
def test_errors_are_translated(fault: Exception) -> None:
    stage = ApiStage(Recorded(fault), "a1", "live")
    with pytest.raises(StageError, match=r"UpdateStage: (TooManyRequests|EndpointConnection)"):
        stage.throttle({})


def test_the_real_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    read = configuration.read({**ENVIRONMENT, "ALERTS_TOPIC": "arn:aws:sns:eu-central-1:1:t"})
    stage: Any = clients.stage(read)
    topic: Any = clients.topic(read)
    assert stage.api.meta.endpoint_url == "https://apigateway.eu-central-1.amazonaws.com"
    assert (stage.api_id, stage.name) == ("a1b2c3d4e5", "live")
    assert (topic.client.meta.service_model.service_name, topic.arn) == ("sns", "arn:aws:sns:eu-central-1:1:t")
    for client in (stage.api, topic.client):
        client.close()
