"""The WebSocket API: three routes, one integration, one stage named as the path that CloudFront forwards."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Template, apigatewayv2, awslambda

from settings import Settings
from template_gen import names, rates
from template_gen.acceptance import Accepted

INTEGRATION = "RouterIntegration"
ROUTES = {"ConnectRoute": "$connect", "DisconnectRoute": "$disconnect", "DefaultRoute": "$default"}
"""Logical ID -> route key. `$default` replies through @connections, so that it works wherever routes do."""

STAGE = "LiveStage"
ACCEPTED = [
    Accepted(
        (STAGE,),
        ("CKV_AWS_95", "AwsSolutions-APIG1", "Serverless-APIGWAccessLogging"),
        "an access log would keep visitors' addresses, and docs/privacy.md promises that nothing does",
    ),
    Accepted(
        tuple(ROUTES),
        ("AwsSolutions-APIG4",),
        "the count is public; the router refuses a foreign Origin and limits each client",
    ),
]


def add(template: Template, settings: Settings) -> None:
    """Add the WebSocket API: its routes to the router, its stage and throttling."""
    template.add_resource(
        apigatewayv2.Api(
            names.WEB_SOCKET_API,
            Name=Ref("AWS::StackName"),
            ProtocolType="WEBSOCKET",
            RouteSelectionExpression="$request.body.action",
        )
    )
    template.add_resource(_integration())
    for logical_id, route_key in ROUTES.items():
        template.add_resource(
            apigatewayv2.Route(
                logical_id,
                ApiId=Ref(names.WEB_SOCKET_API),
                RouteKey=route_key,
                AuthorizationType="NONE",
                Target=Sub(f"integrations/${{{INTEGRATION}}}"),
            )
        )
        template.add_resource(_permission(f"{logical_id}Permission", route_key))
    template.add_resource(_stage(settings))


def _integration() -> apigatewayv2.Integration:
    return apigatewayv2.Integration(
        INTEGRATION,
        ApiId=Ref(names.WEB_SOCKET_API),
        IntegrationType="AWS_PROXY",
        IntegrationUri=Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
            f"${{{names.ROUTER}.Arn}}/invocations"
        ),
    )


def _permission(logical_id: str, route_key: str) -> awslambda.Permission:
    return awslambda.Permission(
        logical_id,
        Action="lambda:InvokeFunction",
        FunctionName=GetAtt(names.ROUTER, "Arn"),
        Principal="apigateway.amazonaws.com",
        SourceArn=Sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
            f"${{{names.WEB_SOCKET_API}}}/{names.STAGE}/{route_key}"
        ),
    )


def _stage(settings: Settings) -> apigatewayv2.Stage:
    throttles = {key: _throttle(rate) for key, rate in rates.routes(settings).items()}
    return apigatewayv2.Stage(
        STAGE,
        # Settings may name only routes that exist, and the first automatic deployment needs one.
        DependsOn=list(ROUTES),
        ApiId=Ref(names.WEB_SOCKET_API),
        StageName=names.STAGE,
        # Without it every later change of a route would need a Deployment resource of a new name.
        AutoDeploy=True,
        # For a route that somebody adds; those that exist have their own.
        DefaultRouteSettings=apigatewayv2.RouteSettings(**throttles["$default"]),
        RouteSettings=throttles,
    )


def _throttle(rate: rates.Rate) -> dict[str, float]:
    return {"ThrottlingRateLimit": rate.per_second, "ThrottlingBurstLimit": rate.burst}
