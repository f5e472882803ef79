"""The distribution: origins, behaviours, certificate, origin secret."""

from __future__ import annotations

import json
import re

from template_gen import names
from tests.template_gen.templates import PLAIN, ROUTE_53, distribution, properties


def test_the_distribution_serves_the_site_over_an_access_control() -> None:
    config = distribution()
    assert config["DefaultRootObject"] == "index.html"
    assert config["HttpVersion"] == "http2and3"
    assert config["IPV6Enabled"] is True
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    site = next(o for o in config["Origins"] if o["Id"] == config["DefaultCacheBehavior"]["TargetOriginId"])
    assert "OriginAccessControlId" in site
    missing, *others = config["CustomErrorResponses"]
    assert {(other["ErrorCode"], other["ErrorCachingMinTTL"]) for other in others} >= {(403, 0), (500, 0), (503, 0)}
    assert [missing] == [
        {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/404.html", "ErrorCachingMinTTL": 10}
    ]


def test_the_socket_is_on_the_pages_own_host() -> None:
    config = distribution()
    socket = config["CacheBehaviors"][0]
    assert socket["PathPattern"] == f"/{properties('LiveStage')['StageName']}"
    # Managed-CachingDisabled and Managed-AllViewerExceptHostHeader.
    assert socket["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert socket["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    origin = next(o for o in config["Origins"] if o["Id"] == socket["TargetOriginId"])
    assert origin["DomainName"] == {"Fn::Sub": "${WebSocketApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_a_domain_gives_aliases_and_certificate() -> None:
    config = distribution(ROUTE_53)
    assert config["Aliases"] == ["example.com", "www.example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": names.CERTIFICATE_ARN}
    assert config["ViewerCertificate"]["MinimumProtocolVersion"].startswith("TLSv1.2")
    assert "Aliases" not in distribution()
    assert names.CERTIFICATE_ARN not in PLAIN["Parameters"]


def test_the_distribution_shows_itself_to_the_router_by_a_secret_that_nobody_reads() -> None:
    parameter = PLAIN["Parameters"][names.ORIGIN_SECRET]
    assert (parameter["NoEcho"], parameter["Default"]) == (True, "")
    assert re.fullmatch(parameter["AllowedPattern"], "a" * 43)
    assert re.fullmatch(parameter["AllowedPattern"], "")
    assert not re.fullmatch(parameter["AllowedPattern"], "short")
    origin = next(o for o in distribution()["Origins"] if o["Id"] == "live")
    condition, headers, otherwise = origin["OriginCustomHeaders"]["Fn::If"]
    assert PLAIN["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": names.ORIGIN_SECRET}, ""]}]}
    assert headers == [{"HeaderName": "X-Origin-Verify", "HeaderValue": {"Ref": names.ORIGIN_SECRET}}]
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert names.ORIGIN_SECRET not in json.dumps(PLAIN["Outputs"])
