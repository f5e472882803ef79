"""The headers that CloudFront adds to every response: security, and whether other sites may embed it.

There are two policies, alike but for two headers. A page of another site may not load our pages and pictures as if they
were its own (Cross-Origin-Resource-Policy: same-site, so that the owner's other subdomains may); what is made to be
embedded anywhere has `cross-origin`, may be read by every site's scripts (Access-Control-Allow-Origin: *), and has its
own behaviours, by path.
"""

from __future__ import annotations

from troposphere import AWSHelperFn, Sub, Template, cloudfront

from router.contract.files import SITE_KEYS
from settings import INLINE_STYLES, Settings
from template_gen import names

TWO_YEARS = 63_072_000
"""Seconds; as the HSTS preload list requires."""

OWN = "SecurityHeaders"
EMBEDDED = "EmbeddedHeaders"
RESOURCE_POLICIES = {OWN: ("security", "same-site"), EMBEDDED: ("embedded", "cross-origin")}
"""Logical ID -> the end of the policy's name, and its Cross-Origin-Resource-Policy."""

EMBEDDED_PATHS = (*(f"/{key}" for key in SITE_KEYS), "/visitor-count.js", "/assets/card.*.png")
"""Files that other sites may embed: badge and count.json, the counter, the card of a shared link."""


def add(template: Template, settings: Settings) -> None:
    """Add the response headers policies: for the site, and for the files that other sites may embed."""
    for logical_id in RESOURCE_POLICIES:
        template.add_resource(_policy(logical_id, settings))


def _policy(logical_id: str, settings: Settings) -> cloudfront.ResponseHeadersPolicy:
    name, resource_policy = RESOURCE_POLICIES[logical_id]
    added = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": resource_policy,
        "Permissions-Policy": settings.site.permissions_policy,
    }
    return cloudfront.ResponseHeadersPolicy(
        logical_id,
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=Sub(f"${{AWS::StackName}}-${{AWS::Region}}-{name}"),
            SecurityHeadersConfig=_security_headers(settings),
            **({"CorsConfig": _readable_anywhere()} if logical_id == EMBEDDED else {}),
            CustomHeadersConfig=cloudfront.CustomHeadersConfig(
                Items=[
                    cloudfront.CustomHeader(Header=name, Value=value, Override=True) for name, value in added.items()
                ]
            ),
        ),
    )


def _readable_anywhere() -> cloudfront.CorsConfig:
    """Let the scripts of every site read a response, without credentials."""
    return cloudfront.CorsConfig(
        AccessControlAllowCredentials=False,
        AccessControlAllowHeaders=cloudfront.AccessControlAllowHeaders(Items=["*"]),
        AccessControlAllowMethods=cloudfront.AccessControlAllowMethods(Items=["GET", "HEAD"]),
        AccessControlAllowOrigins=cloudfront.AccessControlAllowOrigins(Items=["*"]),
        OriginOverride=True,
    )


def _security_headers(settings: Settings) -> cloudfront.SecurityHeadersConfig:
    return cloudfront.SecurityHeadersConfig(
        ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
            ContentSecurityPolicy=_security_policy(settings), Override=True
        ),
        ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),
        FrameOptions=cloudfront.FrameOptions(FrameOption="DENY", Override=True),
        ReferrerPolicy=cloudfront.ReferrerPolicy(ReferrerPolicy="strict-origin-when-cross-origin", Override=True),
        StrictTransportSecurity=cloudfront.StrictTransportSecurity(
            AccessControlMaxAgeSec=TWO_YEARS, IncludeSubdomains=False, Override=True
        ),
    )


def _security_policy(settings: Settings) -> str | AWSHelperFn:
    """Return the settings' policy, with a reference to the stylesheets' hashes in place of its placeholder."""
    before, place, after = settings.site.content_security_policy.partition(INLINE_STYLES)
    if not place:
        return before
    # Escaped: Fn::Sub would replace ${OriginSecret} by the secret, in a public header.
    before, after = (part.replace("${", "${!") for part in (before, after))
    return Sub(f"{before}${{{names.INLINE_STYLES}}}{after}")
