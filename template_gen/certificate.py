"""The domain's certificate, a separate stack: CloudFront accepts certificates from us-east-1 only."""

from __future__ import annotations

from troposphere import Output, Ref, Template
from troposphere.certificatemanager import Certificate, DomainValidationOption

from settings import Settings
from template_gen import names
from template_gen.tagging import tag_everything

REGION = "us-east-1"
DESCRIPTION = "The certificate of the resume's domain"


def generate_certificate(settings: Settings) -> Template:
    """A certificate for every name of the site.

    With a hosted zone ACM validates it through records that it puts there. Without one the stack waits until somebody
    has created those records where the domain's DNS is.
    """
    domain = settings.domain
    in_zone = [
        DomainValidationOption(DomainName=alias, HostedZoneId=domain.hosted_zone)
        for alias in domain.aliases
        if domain.hosted_zone
    ]
    template = Template(Description=DESCRIPTION)
    template.add_resource(
        Certificate(
            names.CERTIFICATE,
            DomainName=domain.name,
            SubjectAlternativeNames=list(domain.aliases[1:]),
            ValidationMethod="DNS",
            **({"DomainValidationOptions": in_zone} if in_zone else {}),
        )
    )
    template.add_output(Output(names.CERTIFICATE_ARN, Description="The certificate", Value=Ref(names.CERTIFICATE)))
    tag_everything(template, settings)
    return template
