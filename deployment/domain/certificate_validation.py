"""Waiting until a certificate is validated, and telling meanwhile which DNS records that takes.

With a hosted zone ACM creates them; elsewhere only the user can. CloudFormation waits for three days; we wait for an
hour, and whoever runs the same command later goes on waiting for the same certificate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.stack.stack import Say
from errors import CloudError
from settings import Domain
from template_gen import names

LOOK_SECONDS = 10.0
PATIENCE_SECONDS = 3600.0
STATUSES = ["PENDING_VALIDATION", "ISSUED", "FAILED", "VALIDATION_TIMED_OUT"]

FAILURES = {
    "CAA_ERROR": (
        "a CAA record of the domain lets no certificate of Amazon's be issued",
        'add the record: CAA 0 issue "amazon.com" (or remove the CAA records), then deploy again',
    ),
    "NO_AVAILABLE_CONTACTS": ("ACM found nobody to ask", "deploy again: validation goes by DNS"),
    "ADDITIONAL_VERIFICATION_REQUIRED": (
        "Amazon wants to look at this domain first, as it does with names that resemble well-known ones",
        "open a case with AWS Support for the certificate, then deploy again",
    ),
    "DOMAIN_NOT_ALLOWED": (
        "the domain is on a list of unsafe ones",
        "ask Google Safe Browsing for a review, then deploy again",
    ),
    "INVALID_PUBLIC_DOMAIN": (
        "no such name can be registered: it ends in no public suffix",
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
    """A DNS record to create. Names and values without the dot at the end, as most DNS providers want them."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}  {self.kind}  {self.value}"


@dataclass
class Validation:
    """`wait` is given to the stack in the place of sleep: while it waits, we look. failure: why it failed, or ""."""

    domain: Domain
    target: Target
    say: Say
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    failure: str = ""
    _began: float = field(init=False)
    _looked: float = field(init=False, default=float("-inf"))
    _told: set[Record] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def wait(self, seconds: float) -> None:
        """Raises CloudError after an hour: the certificate goes on waiting, and so can the user."""
        now = self.clock()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look()
        if now - self._began >= PATIENCE_SECONDS:
            raise CloudError(
                f"certificate for {self.domain.name}",
                "it is not validated after an hour of waiting; it goes on waiting in your account, for three days",
                "create the records above if you have not, then run the same command again: it picks up here",
            )
        self.sleep(seconds)

    def _look(self) -> None:
        certificate = find_certificate(self.domain, self.target)
        self.failure = certificate.get("FailureReason", "") or (
            certificate["Status"] if certificate.get("Status") == "VALIDATION_TIMED_OUT" else self.failure
        )
        if self.domain.hosted_zone:
            return
        missing = [record for record in pending_records(certificate) if record not in self._told]
        if missing:
            self.say("create these DNS records where the name servers of your domain are; this waits until they work")
            for record in missing:
                self.say(f"  {record}")
            self.say("(Ctrl-C is safe: the same command goes on from here)")
            self._told.update(missing)


def find_certificate(domain: Domain, target: Target) -> Mapping[str, Any]:
    """ACM's description of the newest certificate for exactly these names; empty while there is none."""
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
    """What has to be created for those names that are not validated yet. ACM knows a few seconds after the request."""
    options = [
        one for one in certificate.get("DomainValidationOptions", []) if one.get("ValidationStatus") != "SUCCESS"
    ]
    records = [one["ResourceRecord"] for one in options if "ResourceRecord" in one]
    return [Record(one["Name"].rstrip("."), one["Type"], one["Value"].rstrip(".")) for one in records]


def validation_error(domain: Domain, failure: str) -> CloudError | None:
    """The error that explains ACM's FailureReason; None for none that we know."""
    if failure not in FAILURES:
        return None
    likely, next_step = FAILURES[failure]
    return CloudError(f"certificate for {domain.name}", f"it was not issued: {likely} ({failure})", next_step)


def site_records(domain: Domain, outputs: Mapping[str, str]) -> Sequence[Record]:
    """What leads the domain to the distribution; none with a hosted zone, where the stack makes them."""
    if domain.hosted_zone:
        return []
    return [Record(alias, "CNAME", outputs[names.DISTRIBUTION_DOMAIN]) for alias in domain.aliases]


def print_site_records(domain: Domain, outputs: Mapping[str, str], say: Say) -> None:
    """Says which records lead to the site, where the user has to create them."""
    records = site_records(domain, outputs)
    if records:
        say("point the domain at the site, where its name servers are (once; leave it if it is so already):")
        for record in records:
            say(f"  {record}")
        say("  at the top of a domain, where DNS allows no CNAME, use your provider's ALIAS, ANAME or flattened CNAME")
