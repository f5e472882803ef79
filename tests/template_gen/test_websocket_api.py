"""Routes, integration and stage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from settings import validate
from template_gen import rates
from template_gen.stack import generate, to_json
from tests.template_gen.templates import PLAIN, SETTINGS, of_type, properties

NO_BUDGET = {"budget": {"dollars_a_month": 0}}


def test_every_route_is_proxied_to_the_router() -> None:
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert {route["RouteKey"] for route in routes.values()} == {"$connect", "$disconnect", "$default"}
    (integration,) = of_type("AWS::ApiGatewayV2::Integration").values()
    assert integration["IntegrationType"] == "AWS_PROXY"


def test_each_route_has_a_throttle_of_its_own() -> None:
    """A flood of messages keeps nobody from connecting, and a route that is added by hand has the one of messages."""
    stage = properties("LiveStage")
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert stage["RouteSettings"].keys() == {route["RouteKey"] for route in routes.values()}
    for key, rate in rates.routes(SETTINGS).items():
        assert stage["RouteSettings"][key] == {
            "ThrottlingRateLimit": rate.per_second,
            "ThrottlingBurstLimit": rate.burst,
        }
    assert stage["DefaultRouteSettings"] == stage["RouteSettings"]["$default"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (NO_BUDGET, {"$connect": (50, 1000), "$disconnect": (50, 1000), "$default": (100, 1000)}),
        (
            {**NO_BUDGET, "throttle": {"connects_per_second": 7, "connect_burst": 8, "message_burst": 9}},
            {"$connect": (7, 8), "$disconnect": (7, 8), "$default": (100, 9)},
        ),
        (
            {"budget": {"dollars_a_month": 10_000}},
            {"$connect": (50, 1000), "$disconnect": (50, 1000), "$default": (100, 1000)},
        ),
    ],
)
def test_the_settings_are_the_rates_unless_the_budget_pays_for_less(
    given: dict[str, dict[str, float]], expected: dict[str, tuple[float, int]]
) -> None:
    settings = validate(given, Path("settings.toml"))
    assert {key: (rate.per_second, rate.burst) for key, rate in rates.routes(settings).items()} == expected


def test_the_router_can_restore_the_throttles() -> None:
    variables = properties("Router")["Environment"]["Variables"]
    stage = properties("LiveStage")["RouteSettings"]
    assert json.loads(variables["STAGE_THROTTLES"]) == {
        key: [one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]] for key, one in stage.items()
    }


def test_no_rate_is_zero_which_would_refuse_everybody() -> None:
    for dollars in (0.0001, 0.01, 1):
        settings = validate({"budget": {"dollars_a_month": dollars}}, Path("settings.toml"))
        stage = json.loads(to_json(generate(settings)))["Resources"]["LiveStage"]["Properties"]
        for throttle in stage["RouteSettings"].values():
            assert throttle["ThrottlingRateLimit"] > 0
            assert throttle["ThrottlingBurstLimit"] >= 1


def test_the_stage_is_made_after_its_routes() -> None:
    """API Gateway refuses settings for a route that does not exist, and an automatic deployment needs one."""
    assert set(PLAIN["Resources"]["LiveStage"]["DependsOn"]) == of_type("AWS::ApiGatewayV2::Route").keys()
