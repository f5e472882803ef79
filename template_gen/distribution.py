"""CloudFront: the page from the bucket, `/live` from the WebSocket API, both on one host name.

Since the socket is on the page's own host, the site never contains an address of its own: there is nothing to copy by
hand after the first deploy.
"""

from __future__ import annotations

from troposphere import Equals, GetAtt, If, Not, Ref, Sub, Template, cloudfront

from router.contract import headers
from settings import Settings
from template_gen import names, pricing_plan, response_headers, viewer_request
from template_gen.acceptance import Accepted

# Managed policies. Source: "Use managed cache policies" and "Use managed origin request policies",
# Amazon CloudFront Developer Guide.
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

PASSING_ERRORS = (400, 403, 500, 502, 503, 504)

SITE_ORIGIN = "site"
SOCKET_ORIGIN = "live"
ACCESS_CONTROL = "SiteAccessControl"
VIEWER_REQUEST = "ViewerRequest"
SHOWS_ITSELF = "HasOriginSecret"

ACCEPTED = [
    Accepted(
        (names.DISTRIBUTION,),
        ("CKV_AWS_86", "AwsSolutions-CFR3"),
        "an access log would keep visitors' addresses, and docs/privacy.md promises that nothing does",
    ),
    Accepted(
        (names.DISTRIBUTION,),
        ("CKV_AWS_68", "AwsSolutions-CFR2"),
        "a web ACL costs 5 $ a month and more, many times the rest; there is nothing to inject into, and the router "
        "and the stage limit what one client may do",
    ),
    Accepted((names.DISTRIBUTION,), ("AwsSolutions-CFR1",), "a résumé is for readers of every country"),
    Accepted(
        (names.DISTRIBUTION,),
        ("CKV_AWS_174", "AwsSolutions-CFR4"),
        "without a domain the certificate is CloudFront's, under which AWS fixes the protocols; with one it is TLS 1.2",
    ),
]


def add(template: Template, settings: Settings) -> None:
    """Add the distribution, its access to the bucket, the viewer-request function and the response headers."""
    template.add_condition(SHOWS_ITSELF, Not(Equals(Ref(names.ORIGIN_SECRET), "")))
    template.add_resource(_access_control())
    response_headers.add(template, settings)
    template.add_resource(_viewer_request(settings))
    template.add_resource(
        cloudfront.Distribution(
            names.DISTRIBUTION,
            DistributionConfig=cloudfront.DistributionConfig(
                **_domain(settings),
                **pricing_plan.of_distribution(settings),
                CacheBehaviors=[_socket_behavior(), *map(_embedded_behavior, response_headers.EMBEDDED_PATHS)],
                Comment=Ref("AWS::StackName"),
                CustomErrorResponses=[
                    cloudfront.CustomErrorResponse(
                        ErrorCode=404, ResponseCode=404, ResponsePagePath="/404.html", ErrorCachingMinTTL=10
                    ),
                    # Without these, an edge would cache the refusal of one socket for ten seconds, for every viewer.
                    *(cloudfront.CustomErrorResponse(ErrorCode=code, ErrorCachingMinTTL=0) for code in PASSING_ERRORS),
                ],
                DefaultCacheBehavior=_site_behavior(),
                DefaultRootObject="index.html",
                Enabled=True,
                HttpVersion="http2and3",
                IPV6Enabled=True,
                Origins=[_site_origin(), _socket_origin()],
                PriceClass="PriceClass_100",
            ),
        )
    )


def _access_control() -> cloudfront.OriginAccessControl:
    return cloudfront.OriginAccessControl(
        ACCESS_CONTROL,
        OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
            Name=Sub("${AWS::StackName}-${AWS::Region}-site"),
            OriginAccessControlOriginType="s3",
            SigningBehavior="always",
            SigningProtocol="sigv4",
        ),
    )


def _viewer_request(settings: Settings) -> cloudfront.Function:
    return cloudfront.Function(
        VIEWER_REQUEST,
        Name=Sub("${AWS::StackName}-${AWS::Region}-pages"),
        AutoPublish=True,
        FunctionCode=viewer_request.function_code(settings.domain),
        FunctionConfig=cloudfront.FunctionConfig(
            Comment="Folders have pages, www. leads to the domain", Runtime="cloudfront-js-2.0"
        ),
    )


def _domain(settings: Settings) -> dict[str, object]:
    if not settings.domain.name:
        return {}
    return {
        "Aliases": list(settings.domain.aliases),
        "ViewerCertificate": cloudfront.ViewerCertificate(
            AcmCertificateArn=Ref(names.CERTIFICATE_ARN),
            MinimumProtocolVersion="TLSv1.2_2021",
            SslSupportMethod="sni-only",
        ),
    }


def _site_origin() -> cloudfront.Origin:
    return cloudfront.Origin(
        Id=SITE_ORIGIN,
        DomainName=GetAtt(names.SITE_BUCKET, "RegionalDomainName"),
        OriginAccessControlId=Ref(ACCESS_CONTROL),
        # CloudFront requires an empty identity where an origin access control is used.
        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
    )


def _socket_origin() -> cloudfront.Origin:
    return cloudfront.Origin(
        Id=SOCKET_ORIGIN,
        DomainName=Sub(f"${{{names.WEB_SOCKET_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"),
        CustomOriginConfig=cloudfront.CustomOriginConfig(
            OriginProtocolPolicy="https-only", OriginSSLProtocols=["TLSv1.2"]
        ),
        OriginCustomHeaders=If(
            SHOWS_ITSELF,
            [cloudfront.OriginCustomHeader(HeaderName=headers.ORIGIN_VERIFY, HeaderValue=Ref(names.ORIGIN_SECRET))],
            Ref("AWS::NoValue"),
        ),
    )


def _site_behavior() -> cloudfront.DefaultCacheBehavior:
    return cloudfront.DefaultCacheBehavior(**_from_the_site(), ResponseHeadersPolicyId=Ref(response_headers.OWN))


def _embedded_behavior(path: str) -> cloudfront.CacheBehavior:
    """The same behaviour for embeddable files, with headers that allow embedding."""
    return cloudfront.CacheBehavior(
        PathPattern=path, **_from_the_site(), ResponseHeadersPolicyId=Ref(response_headers.EMBEDDED)
    )


def _from_the_site() -> dict[str, object]:
    return {
        "TargetOriginId": SITE_ORIGIN,
        "AllowedMethods": ["GET", "HEAD"],
        "CachePolicyId": CACHING_OPTIMIZED,
        "Compress": True,
        "FunctionAssociations": [
            cloudfront.FunctionAssociation(
                EventType="viewer-request", FunctionARN=GetAtt(VIEWER_REQUEST, "FunctionARN")
            )
        ],
        "ViewerProtocolPolicy": "redirect-to-https",
    }


def _socket_behavior() -> cloudfront.CacheBehavior:
    return cloudfront.CacheBehavior(
        PathPattern=f"/{names.STAGE}",
        TargetOriginId=SOCKET_ORIGIN,
        AllowedMethods=["GET", "HEAD"],
        CachePolicyId=CACHING_DISABLED,
        OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST_HEADER,
        # No redirect: browsers do not follow one in a WebSocket handshake.
        ViewerProtocolPolicy="https-only",
    )
