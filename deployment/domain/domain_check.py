"""Checks of the domain settings, so that errors show before a CloudFront update that takes minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.stack.stack import Stack
from errors import CloudError
from settings import Domain, Settings
from template_gen import certificate, names

ZONE = "settings.toml: domain.hosted_zone"
CERTIFICATE = "settings.toml: domain.certificate_arn"


def check_domain(settings: Settings, target: Target) -> None:
    """Raise CloudError if the zone or the certificate does not match the domain, or the domain is in use elsewhere."""
    domain = settings.domain
    if domain.hosted_zone:
        _check_zone(domain, target)
    if domain.certificate_arn:
        _check_certificate(domain, target)
    _check_aliases(settings, target)


def covers(pattern: str, name: str) -> bool:
    """Return True if a name of a certificate, possibly with a wildcard, covers `name`."""
    first, _, rest = pattern.partition(".")
    return pattern == name or (first == "*" and name.partition(".")[2] == rest)


def _check_zone(domain: Domain, target: Target) -> None:
    zone = _zone(domain, target)
    name = zone["Name"].rstrip(".")
    if zone.get("Config", {}).get("PrivateZone"):
        raise CloudError(
            ZONE,
            f"{domain.hosted_zone} is a private hosted zone, which is not visible on the internet",
            "use the public hosted zone of the domain (aws route53 list-hosted-zones)",
        )
    outside = [alias for alias in domain.aliases if alias != name and not alias.endswith(f".{name}")]
    if outside:
        raise CloudError(
            ZONE,
            f"{domain.hosted_zone} is the zone of {name}, and {outside[0]} is not in it",
            f"use the zone of {outside[0]} (aws route53 list-hosted-zones), or leave the key empty for DNS elsewhere",
        )


def _zone(domain: Domain, target: Target) -> dict[str, Any]:
    with translated(ZONE):
        try:
            zone: dict[str, Any] = target.client("route53").get_hosted_zone(Id=domain.hosted_zone)["HostedZone"]
        except ClientError as exc:
            if error_code(exc) != "NoSuchHostedZone":
                raise
            raise CloudError(
                ZONE,
                f"hosted zone {domain.hosted_zone} does not exist in this account",
                f"find it (aws route53 list-hosted-zones), create one for {domain.name}, or leave the key empty "
                "for DNS elsewhere",
            ) from exc
    return zone


def _check_certificate(domain: Domain, target: Target) -> None:
    acm = target.in_region(certificate.REGION).client("acm")
    with translated(CERTIFICATE):
        try:
            found = acm.describe_certificate(CertificateArn=domain.certificate_arn)["Certificate"]
        except ClientError as exc:
            if error_code(exc) != "ResourceNotFoundException":
                raise
            raise CloudError(
                CERTIFICATE,
                f"certificate {domain.certificate_arn} does not exist in this account",
                f"find it (aws acm list-certificates --region {certificate.REGION}), or leave the key empty to request "
                "a new one",
            ) from exc
    if found["Status"] != "ISSUED":
        raise CloudError(
            CERTIFICATE, f"the certificate is {found['Status']}, not ISSUED", "validate it, or leave the key empty"
        )
    names_of = found.get("SubjectAlternativeNames") or [found["DomainName"]]
    if bare := [alias for alias in domain.aliases if not any(covers(one, alias) for one in names_of)]:
        raise CloudError(
            CERTIFICATE,
            f"the certificate is for {', '.join(names_of)} and does not cover {bare[0]}",
            "use one that does, or leave the key empty to request a new one",
        )


def _check_aliases(settings: Settings, target: Target) -> None:
    """Check the distributions of this account. Conflicts with other accounts are only known to CloudFront."""
    outputs = Stack(settings.stack.name, target).read().outputs
    with translated("distributions"):
        pages = target.client("cloudfront").get_paginator("list_distributions").paginate()
        for page in pages:
            for one in page.get("DistributionList", {}).get("Items", []):
                taken = set(one.get("Aliases", {}).get("Items", [])) & set(settings.domain.aliases)
                if taken and one["Id"] != outputs.get(names.DISTRIBUTION_ID):
                    raise _taken(sorted(taken), one)


def _taken(aliases: Sequence[str], distribution: dict[str, Any]) -> CloudError:
    comment = f" ({distribution['Comment']})" if distribution.get("Comment") else ""
    return CloudError(
        "settings.toml: domain.name",
        f"{aliases[0]} is an alias of another distribution of yours, {distribution['Id']}{comment}",
        "destroy the stack of that distribution, or remove the alias in the CloudFront console; then deploy again",
    )
