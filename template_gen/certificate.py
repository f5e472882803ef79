"""The domain's certificate, a stack of its own: CloudFront takes it from us-east-1 only, wherever the rest is."""

from __future__ import annotations

from troposphere import Output, Ref, Template
from troposphere.certificatemanager import Certificate, DomainValidationOption

from settings import Settings
from template_gen import names
from template_gen.tagging import tag_everything

REGION = "us-east-1"


def generate_certificate(settings: Settings) -> Template:
    """A certificate for every name of the site, validated by records that ACM puts into the hosted zone."""
    domain = settings.domain
    template = Template(Description="The certificate of the resume's domain")
    template.add_resource(
        Certificate(
            names.CERTIFICATE,
            DomainName=domain.name,
            SubjectAlternativeNames=list(domain.aliases[1:]),
            DomainValidationOptions=[
                DomainValidationOption(DomainName=alias, HostedZoneId=domain.hosted_zone) for alias in domain.aliases
            ],
            ValidationMethod="DNS",
        )
    )
    template.add_output(Output(names.CERTIFICATE_ARN, Description="The certificate", Value=Ref(names.CERTIFICATE)))
    tag_everything(template, settings)
    return template
