"""The certificate that a domain's distribution shows: the settings' own, or one made in a stack of its own.

Another domain is another stack: a certificate cannot be deleted while a distribution shows it, so the old one stays
until the distribution has moved, and `remove_unused` takes it away after that. The stack's name carries a hash of
what the certificate is for. A deploy that is interrupted while it waits for the validation finds the same stack again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.domain.certificate_validation import Validation, validation_error
from deployment.domain.domain_check import check_domain
from deployment.stack.progress import silent
from deployment.stack.stack import Change, Say, Stack
from errors import StackError
from settings import Domain, Settings
from template_gen import certificate, names
from template_gen.certificate import generate_certificate
from template_gen.stack import to_json


def certificate_stack(
    settings: Settings, target: Target, say: Say, wait: Callable[[float], None] | None = None
) -> Stack:
    """The stack for today's domain. Whoever waits for it is told meanwhile which records it waits for.

    wait: instead of that.
    """
    there = target.in_region(certificate.REGION)
    name = f"{settings.stack.name}-certificate-{_fingerprint(settings.domain)}"
    return Stack(name, there, say, wait or Validation(settings.domain, there, say).wait)


def certificate_arn(settings: Settings, target: Target, say: Say) -> Mapping[str, str]:
    """The template parameter with the certificate's ARN; empty without a domain.

    Raises CloudError when the domain cannot work, or its certificate is not issued.
    """
    domain = settings.domain
    if not domain.name:
        return {}
    check_domain(settings, target)
    if domain.certificate_arn:
        return {names.CERTIFICATE_ARN: domain.certificate_arn}
    if not _is_ready(settings, target):
        through = "through the hosted zone (a few minutes)" if domain.hosted_zone else "by records that you create"
        say(f"certificate: for {', '.join(domain.aliases)}, validated {through}")
    return {names.CERTIFICATE_ARN: _made(settings, target, say)}


def certificate_stacks(settings: Settings, target: Target) -> Iterator[str]:
    """The names of all of them, of today's domain and of earlier ones."""
    ours = re.compile(rf"{re.escape(settings.stack.name)}-certificate(?:-[0-9a-f]{{8}})?")
    cloudformation = target.in_region(certificate.REGION).client("cloudformation")
    with translated(f"stacks in {certificate.REGION}"):
        for page in cloudformation.get_paginator("describe_stacks").paginate():
            for stack in page["Stacks"]:
                # An environment could be named so, and its outputs are others.
                others = {one["OutputKey"] for one in stack.get("Outputs", [])} - {names.CERTIFICATE_ARN}
                if ours.fullmatch(stack["StackName"]) and not others:
                    yield stack["StackName"]


def remove_unused(settings: Settings, target: Target, say: Say) -> None:
    """Deletes the certificates that the distribution no longer shows. To be called once it shows the present one."""
    keep = {certificate_stack(settings, target, say).name}
    if not settings.domain.name or settings.domain.certificate_arn:
        keep = set()
    for name in sorted(set(certificate_stacks(settings, target)) - keep):
        try:
            Stack(name, target.in_region(certificate.REGION), say).delete()
            say(f"certificate: {name}, of an earlier domain, is gone")
        except StackError as exc:
            # CloudFront lets go of it a while after the change; nothing depends on it, and the next deploy tries again.
            say(f"certificate: {name} stays for now: {exc.what}")


def _is_ready(settings: Settings, target: Target) -> bool:
    return bool(certificate_stack(settings, target, silent).read().outputs)


def _made(settings: Settings, target: Target, say: Say) -> str:
    validation = Validation(settings.domain, target.in_region(certificate.REGION), say)
    change = Change(to_json(generate_certificate(settings)), parameters={})
    try:
        outputs = certificate_stack(settings, target, say, validation.wait).apply(change).outputs
    except StackError as exc:
        raise validation_error(settings.domain, validation.failure) or exc from exc
    return outputs[names.CERTIFICATE_ARN]


def _fingerprint(domain: Domain) -> str:
    return hashlib.sha256(" ".join([*domain.aliases, domain.hosted_zone]).encode()).hexdigest()[:8]
