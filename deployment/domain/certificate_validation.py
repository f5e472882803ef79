"""DNS validation of a certificate, with instructions for the user.

With a hosted zone, CloudFormation creates the validation records; otherwise the user has to create them.
CloudFormation waits for three days. The command waits for an hour; running it again resumes the same validation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console import Say
from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.stack.required_output import required
from errors import CloudError
from settings import Domain
from template_gen import names

POLL_SECONDS = 10.0
PATIENCE_SECONDS = 3600.0
STATUSES = ["PENDING_VALIDATION", "ISSUED", "FAILED", "VALIDATION_TIMED_OUT"]

FAILURES = {
    "CAA_ERROR": (
        "a CAA record of the domain does not allow Amazon to issue certificates",
        'add the record: CAA 0 issue "amazon.com" (or remove the CAA records), then deploy again',
    ),
    "NO_AVAILABLE_CONTACTS": ("ACM found no contact addresses", "deploy again, which validates by DNS"),
    "ADDITIONAL_VERIFICATION_REQUIRED": (
        "Amazon requires additional verification, as for names that resemble well-known ones",
        "open a case with AWS Support for the certificate, then deploy again",
    ),
    "DOMAIN_NOT_ALLOWED": (
        "the domain is on a list of unsafe ones",
        "ask Google Safe Browsing for a review, then deploy again",
    ),
    "INVALID_PUBLIC_DOMAIN": (
        "the name does not end in a public suffix, so it cannot be registered",
        "correct domain.name in settings.toml, then deploy again",
    ),
    "DOMAIN_VALIDATION_DENIED": ("the validation was denied", "deploy again, and create the records that it prints"),
    "VALIDATION_TIMED_OUT": (
        "the records were not found within 72 hours",
        "deploy again: it prints new records; create them where the domain's name servers are",
    ),
}
"""Source: FailureReason, CertificateDetail, AWS Certificate Manager API Reference."""


@dataclass(frozen=True)
class Record:
    """A DNS record to create, without trailing dots, as most DNS providers expect."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}  {self.kind}  {self.value}"


@dataclass
class Validation:
    """A validation in progress. Pass `wait` to the stack as its sleep function: it polls the certificate as well.

    failure: the failure reason of ACM, "" for none.
    """

    domain: Domain
    target: Target
    say: Say
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    failure: str = ""
    _began: float = field(init=False)
    _polled: float = field(init=False, default=float("-inf"))
    _printed: set[Record] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def wait(self, seconds: float) -> None:
        """Sleep, and print new validation records. Raises CloudError after an hour."""
        now = self.clock()
        if now - self._polled >= POLL_SECONDS:
            self._polled = now
            self._poll()
        if now - self._began >= PATIENCE_SECONDS:
            raise CloudError(
                f"certificate for {self.domain.name}",
                "it was not validated within an hour; CloudFormation keeps waiting for three days",
                "create the records above if you have not, then run the same command again to resume",
            )
        self.sleep(seconds)

    def _poll(self) -> None:
        certificate = find_certificate(self.domain, self.target)
        self.failure = certificate.get("FailureReason", "") or (
            certificate["Status"] if certificate.get("Status") == "VALIDATION_TIMED_OUT" else self.failure
        )
        if self.domain.hosted_zone:
            return
        missing = [record for record in pending_records(certificate) if record not in self._printed]
        if missing:
            self.say("create these DNS records at the DNS provider of your domain; the deploy waits for the validation")
            for record in missing:
                self.say(f"  {record}")
            self.say("(Ctrl-C is safe: run the same command again to resume)")
            self._printed.update(missing)


def find_certificate(domain: Domain, target: Target) -> Mapping[str, Any]:
    """Return ACM's description of the newest certificate for exactly these names, empty if there is none.

    Raises CloudError.
    """
    acm = target.client("acm")
    with translated(f"certificate for {domain.name}"):
        pages = acm.get_paginator("list_certificates").paginate(CertificateStatuses=STATUSES)
        found = [
            one for page in pages for one in page["CertificateSummaryList"] if one.get("DomainName") == domain.name
        ]
        described = [acm.describe_certificate(CertificateArn=one["CertificateArn"])["Certificate"] for one in found]
    ours = [one for one in described if set(one.get("SubjectAlternativeNames", [domain.name])) == set(domain.aliases)]
    return max(ours, key=lambda one: one["CreatedAt"], default={})


def pending_records(certificate: Mapping[str, Any]) -> Sequence[Record]:
    """Return the records for the names that are not validated yet. ACM has them a few seconds after the request."""
    options = [
        one for one in certificate.get("DomainValidationOptions", []) if one.get("ValidationStatus") != "SUCCESS"
    ]
    records = [one["ResourceRecord"] for one in options if "ResourceRecord" in one]
    return [Record(one["Name"].rstrip("."), one["Type"], one["Value"].rstrip(".")) for one in records]


def validation_error(domain: Domain, failure: str) -> CloudError | None:
    """Return the error for a failure reason of ACM, None if it is unknown."""
    if failure not in FAILURES:
        return None
    likely, next_step = FAILURES[failure]
    return CloudError(f"certificate for {domain.name}", f"it was not issued: {likely} ({failure})", next_step)


def site_records(domain: Domain, outputs: Mapping[str, str]) -> Sequence[Record]:
    """Return the records that point the domain to the distribution; none with a hosted zone, as the stack has them."""
    if domain.hosted_zone:
        return []
    return [Record(alias, "CNAME", required(outputs, names.DISTRIBUTION_DOMAIN)) for alias in domain.aliases]


def print_site_records(domain: Domain, outputs: Mapping[str, str], say: Say) -> None:
    """Print the records that the user has to create for the site, if any."""
    records = site_records(domain, outputs)
    if records:
        say("create these DNS records at the DNS provider of your domain, unless they exist, to point it to the site:")
        for record in records:
            say(f"  {record}")
        say("  at the apex of a domain, which cannot have a CNAME record, use ALIAS, ANAME or CNAME flattening")
