"""One template for each kind of settings, for `lint`, the scanners and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from troposphere import Template

from settings import DEFAULT_REGION, FREE_PLAN, PAY_AS_YOU_GO, Alerts, Cdn, Domain, Settings
from template_gen.artifacts import generate_artifacts
from template_gen.certificate import generate_certificate
from template_gen.github_roles import Access, generate_github_roles
from template_gen.stack import generate

NO_DOMAIN = Domain(name="", hosted_zone="", certificate_arn="", www_redirect=False)
ROUTE_53 = Domain(name="example.com", hosted_zone="Z0123456789ABCDEFGHIJ", certificate_arn="", www_redirect=True)
DNS_ELSEWHERE = Domain(
    name="cv.example.com",
    hosted_zone="",
    certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    www_redirect=False,
)


GITHUB = "GitHub roles"
PREVIEWS, MAIN = (
    Access(
        [f"repo:octo-org@123456/octo-repo@456789:{subject}"],
        [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}],
    )
    for subject, actions in (
        ("pull_request", ["cloudformation:DescribeStacks"]),
        ("ref:refs/heads/main", ["cloudformation:DescribeStacks", "lambda:GetAccountSettings"]),
    )
)
BOUNDARY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:cv-queue"}
    ],
}
"""Samples: the policies are made by `deployment`, and evaluated in tests/policies."""


def variants(settings: Settings) -> Mapping[str, Template]:
    """Return name -> template: one for `settings` as they are, and one for each alternative."""
    yours, settings = settings, replace(settings, cdn=Cdn(PAY_AS_YOU_GO))
    disposable = replace(settings, stack=replace(settings.stack, keep_data_on_destroy=False))
    with_alarms = replace(settings, alerts=Alerts(settings.alerts.email or "owner@example.com"))
    with_alarms = with_alarms.in_region(settings.stack.region or DEFAULT_REGION)
    route_53 = replace(settings, domain=ROUTE_53)
    return {
        "your settings": generate(yours),
        "no domain": generate(replace(settings, domain=NO_DOMAIN)),
        "domain in Route 53": generate(route_53),
        "domain elsewhere": generate(replace(settings, domain=DNS_ELSEWHERE)),
        "alarms": generate(with_alarms),
        "data not kept": generate(disposable),
        "CloudFront plan": generate(replace(settings, cdn=Cdn(FREE_PLAN))),
        "artifacts": generate_artifacts(settings),
        "certificate": generate_certificate(route_53),
        GITHUB: generate_github_roles(settings, PREVIEWS, MAIN, BOUNDARY, with_provider=True),
    }
