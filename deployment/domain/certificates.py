"""The certificate of the distribution: the one in the settings, or one in its own stack.

Each domain has its own stack, whose name contains a hash of the domain names. A certificate in use by a distribution
cannot be deleted, so `delete_unused` deletes the old stack after the distribution uses the new one. A deploy that is
interrupted while it waits for the validation finds the same stack again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from botocore.exceptions import ClientError

from console import SILENT, Reporter
from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from deployment.domain.certificate_validation import Validation, validation_error
from deployment.stack.change_sets import Change
from deployment.stack.required_output import required
from deployment.stack.stack import Stack
from errors import StackError
from settings import Domain, Settings
from template_gen import certificate, names
from template_gen.certificate import generate_certificate
from template_gen.stack import to_json


def certificate_stack(
    settings: Settings, target: Target, reporter: Reporter = SILENT, wait: Callable[[float], None] | None = None
) -> Stack:
    """Return the certificate stack of the present domain, which prints the validation records while it waits.

    wait: a sleep function to use instead.
    """
    us_east_1 = target.in_region(certificate.REGION)
    name = f"{settings.stack.name}-certificate-{_fingerprint(settings.domain)}"
    return Stack(name, us_east_1, reporter, wait or Validation(settings.domain, us_east_1, reporter).wait)


def certificate_arn(settings: Settings, target: Target, reporter: Reporter = SILENT) -> Mapping[str, str]:
    """Return the template parameter with the ARN of the certificate, which is created if necessary; empty without a
    domain. The domain has been checked. Raises CloudError when the certificate is not issued.
    """
    domain = settings.domain
    if not domain.name:
        return {}
    if domain.certificate_arn:
        return {names.CERTIFICATE_ARN: domain.certificate_arn}
    if not _is_ready(settings, target):
        method = "in the hosted zone, which takes a few minutes" if domain.hosted_zone else "by records that you create"
        reporter(f"certificate: requesting one for {', '.join(domain.aliases)}, validated {method}")
    return {names.CERTIFICATE_ARN: _create_certificate(settings, target, reporter)}


def certificate_stacks(settings: Settings, target: Target) -> Iterator[str]:
    """Yield the names of the certificate stacks of present and earlier domains. Raises CloudError."""
    ours = re.compile(rf"{re.escape(settings.stack.name)}-certificate(?:-[0-9a-f]{{8}})?")
    cloudformation = target.in_region(certificate.REGION).client("cloudformation")
    with translated(f"stacks in {certificate.REGION}"):
        for page in cloudformation.get_paginator("describe_stacks").paginate():
            for stack in page["Stacks"]:
                # An environment may have such a name, but it has other outputs.
                others = {one["OutputKey"] for one in stack.get("Outputs", [])} - {names.CERTIFICATE_ARN}
                if ours.fullmatch(stack["StackName"]) and not others:
                    yield stack["StackName"]


def certificate_exists(arn: str, target: Target) -> bool:
    """Return True if the certificate has not been deleted. Raises CloudError."""
    with translated(f"certificate {arn}"):
        try:
            target.in_region(certificate.REGION).client("acm").describe_certificate(CertificateArn=arn)
        except ClientError as exc:
            if error_code(exc) != "ResourceNotFoundException":
                raise
            return False
    return True


def delete_unused(settings: Settings, target: Target, reporter: Reporter) -> None:
    """Delete the certificates of earlier domains. Call it once the distribution uses the present one."""
    keep = {certificate_stack(settings, target).name}
    if not settings.domain.name or settings.domain.certificate_arn:
        keep = set()
    for name in sorted(set(certificate_stacks(settings, target)) - keep):
        try:
            Stack(name, target.in_region(certificate.REGION), reporter).delete()
            reporter(f"certificate: deleted {name}, of an earlier domain")
        except StackError as exc:
            # CloudFront may still use it for a while after the update. The next deploy retries.
            reporter(f"certificate: {name} is kept for now: {exc.what}")


def _is_ready(settings: Settings, target: Target) -> bool:
    return bool(certificate_stack(settings, target).read().outputs)


def _create_certificate(settings: Settings, target: Target, reporter: Reporter) -> str:
    validation = Validation(settings.domain, target.in_region(certificate.REGION), reporter)
    change = Change(to_json(generate_certificate(settings)), parameters={})
    try:
        outputs = certificate_stack(settings, target, reporter, validation.wait).apply(change).outputs
    except StackError as exc:
        raise validation_error(settings.domain, validation.failure) or exc from exc
    return required(outputs, names.CERTIFICATE_ARN, "the certificate stack")


def _fingerprint(domain: Domain) -> str:
    return hashlib.sha256(" ".join([*domain.aliases, domain.hosted_zone]).encode()).hexdigest()[:8]
