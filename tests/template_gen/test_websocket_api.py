"""Routes, integration and stage."""

from __future__ import annotations

from tests.template_gen.templates import PLAIN, of_type, properties


def test_every_route_is_proxied_to_the_router_and_throttled() -> None:
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert {route["RouteKey"] for route in routes.values()} == {"$connect", "$disconnect", "$default"}
    (integration,) = of_type("AWS::ApiGatewayV2::Integration").values()
    assert integration["IntegrationType"] == "AWS_PROXY"
    throttle = properties("LiveStage")["DefaultRouteSettings"]
    assert throttle == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_each_route_has_the_throttle_that_the_settings_give() -> None:
    """Explicitly: the documents say "per stage" of the default settings, not whether each route gets them in full."""
    stage = properties("LiveStage")
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert stage["RouteSettings"].keys() == {route["RouteKey"] for route in routes.values()}
    for throttle in stage["RouteSettings"].values():
        assert throttle == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_the_stage_is_made_after_its_routes() -> None:
    """API Gateway refuses settings for a route that does not exist, and an automatic deployment needs one."""
    assert set(PLAIN["Resources"]["LiveStage"]["DependsOn"]) == of_type("AWS::ApiGatewayV2::Route").keys()
