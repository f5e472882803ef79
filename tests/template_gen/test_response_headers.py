"""Security headers, and which responses other sites may embed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from template_gen import names
from template_gen.stack import generate, to_json
from tests.template_gen.templates import SETTINGS, distribution, properties

OWN_AND_EMBEDDED = ("SecurityHeaders", "EmbeddedHeaders")


def test_security_headers_hold_the_policy_of_the_settings() -> None:
    headers = properties("SecurityHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    wanted = SETTINGS.site.content_security_policy
    assert policy == {"Fn::Sub": wanted.replace("{inline_styles}", "${InlineStyles}")}
    assert "unsafe" not in wanted
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert headers.keys() >= {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy"}
    assert distribution()["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"}


def test_a_policy_of_the_owners_own_is_taken_word_for_word() -> None:
    own = replace(SETTINGS, site=replace(SETTINGS.site, content_security_policy="default-src 'self'"))
    resources = json.loads(to_json(generate(own)))["Resources"]
    config = resources["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert config["ContentSecurityPolicy"]["ContentSecurityPolicy"] == "default-src 'self'"


def test_a_policy_of_the_owners_own_cannot_name_a_parameter() -> None:
    """Fn::Sub would put the value of ${OriginSecret} into a header that everybody gets."""
    policy = "default-src 'self' https://${OriginSecret}.example.com ${!x}; style-src {inline_styles} ${AWS::AccountId}"
    own = replace(SETTINGS, site=replace(SETTINGS.site, content_security_policy=policy))
    resources = json.loads(to_json(generate(own)))["Resources"]
    config = resources["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text = config["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    assert re.findall(r"\$\{(?!!)([^}]*)\}", text) == [names.INLINE_STYLES]
    # Source: "Fn::Sub", AWS CloudFormation Template Reference: ${!Literal} resolves to ${Literal}.
    assert text.replace("${InlineStyles}", "{inline_styles}").replace("${!", "${") == policy


def custom_headers(logical_id: str) -> dict[str, str]:
    config = properties(logical_id)["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]
    assert all(item["Override"] for item in config["Items"])
    return {item["Header"]: item["Value"] for item in config["Items"]}


def test_other_sites_may_embed_what_is_made_for_that_and_nothing_else() -> None:
    own, embedded = custom_headers("SecurityHeaders"), custom_headers("EmbeddedHeaders")
    assert own.pop("Cross-Origin-Resource-Policy") == "same-site"
    assert embedded.pop("Cross-Origin-Resource-Policy") == "cross-origin"
    assert own == embedded
    assert own["Cross-Origin-Opener-Policy"] == "same-origin"
    assert own["Permissions-Policy"] == SETTINGS.site.permissions_policy
    headers = [properties(one)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"] for one in OWN_AND_EMBEDDED]
    assert headers[0] == headers[1]
    default, others = distribution()["DefaultCacheBehavior"], distribution()["CacheBehaviors"][1:]
    assert [each.pop("PathPattern") for each in others] == [
        "/badge.svg",
        "/count.json",
        "/visitor-count.js",
        "/assets/card.*.png",
    ]
    for each in others:
        assert each == {**default, "ResponseHeadersPolicyId": {"Ref": "EmbeddedHeaders"}}


def test_scripts_of_other_sites_may_read_what_they_may_embed_and_nothing_else() -> None:
    config = properties("EmbeddedHeaders")["ResponseHeadersPolicyConfig"]["CorsConfig"]
    assert config == {
        "AccessControlAllowCredentials": False,
        "AccessControlAllowHeaders": {"Items": ["*"]},
        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
        "AccessControlAllowOrigins": {"Items": ["*"]},
        "OriginOverride": True,
    }
    assert "CorsConfig" not in properties("SecurityHeaders")["ResponseHeadersPolicyConfig"]
