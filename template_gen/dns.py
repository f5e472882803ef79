"""Records in the domain's hosted zone, where the settings have one: IPv4 and IPv6, for each name of the site."""

from __future__ import annotations

from troposphere import GetAtt, Template, route53

from settings import Settings
from template_gen import names

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone ID of every distribution. Source: AliasTarget, AWS CloudFormation User Guide."""


def add(template: Template, settings: Settings) -> None:
    """Add an A and an AAAA record for each domain name; nothing without a hosted zone."""
    if not settings.domain.hosted_zone:
        return
    for number, alias in enumerate(settings.domain.aliases):
        for kind, version in (("A", "IPv4"), ("AAAA", "IPv6")):
            template.add_resource(
                route53.RecordSetType(
                    f"{'Www' if number else 'Domain'}{version}",
                    AliasTarget=route53.AliasTarget(
                        DNSName=GetAtt(names.DISTRIBUTION, "DomainName"),
                        EvaluateTargetHealth=False,
                        HostedZoneId=CLOUDFRONT_ZONE,
                    ),
                    HostedZoneId=settings.domain.hosted_zone,
                    Name=alias,
                    Type=kind,
                )
            )
