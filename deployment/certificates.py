"""The certificate that a domain's distribution shows: the settings' own, or one made in its own stack."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.stack import Change, Say, Stack
from deployment.target import Target
from settings import Settings
from template_gen import certificate, generate_certificate, names, to_json


def certificate_stack(settings: Settings, target: Target, say: Say) -> Stack:
    return Stack(f"{settings.stack.name}-certificate", target.in_region(certificate.REGION), say)


def certificate_arn(settings: Settings, target: Target, say: Say) -> Mapping[str, str]:
    """The template parameter with the certificate's ARN; empty without a domain."""
    domain = settings.domain
    if not domain.name:
        return {}
    if domain.certificate_arn:
        return {names.CERTIFICATE_ARN: domain.certificate_arn}
    say(f"certificate: for {', '.join(domain.aliases)}, validated through the hosted zone (a few minutes)")
    change = Change(to_json(generate_certificate(settings)), parameters={})
    outputs = certificate_stack(settings, target, say).apply(change).outputs
    return {names.CERTIFICATE_ARN: outputs[names.CERTIFICATE_ARN]}
