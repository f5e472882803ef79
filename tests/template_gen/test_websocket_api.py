"""Routes, integration and stage."""

from __future__ import annotations

from tests.template_gen.templates import of_type, properties


def test_every_route_is_proxied_to_the_router_and_throttled() -> None:
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert {route["RouteKey"] for route in routes.values()} == {"$connect", "$disconnect", "$default"}
    (integration,) = of_type("AWS::ApiGatewayV2::Integration").values()
    assert integration["IntegrationType"] == "AWS_PROXY"
    throttle = properties("LiveStage")["DefaultRouteSettings"]
    assert throttle == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}
