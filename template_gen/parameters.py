"""What is known only while deploying: where the code lies, and what differs off AWS."""

from __future__ import annotations

from troposphere import Parameter, Template

from settings import Settings
from template_gen import names


def add(template: Template, settings: Settings) -> None:
    template.add_parameter(
        Parameter(names.CODE_BUCKET, Type="String", Description="The bucket that holds the router's zip")
    )
    template.add_parameter(
        Parameter(names.CODE_KEY, Type="String", Description="The zip's key; it contains the zip's hash")
    )
    template.add_parameter(
        Parameter(
            names.MANAGEMENT_ENDPOINT,
            Type="String",
            Default="",
            Description="Where @connections is, when that is not on AWS; empty on AWS",
        )
    )
    template.add_parameter(
        Parameter(
            names.EXTRA_ORIGINS,
            Type="String",
            Default="",
            Description="Origins that may open a socket besides the site's own, separated by commas; empty on AWS",
        )
    )
    template.add_parameter(
        Parameter(
            names.ORIGIN_SECRET,
            Type="String",
            Default="",
            NoEcho=True,
            # Anything else could not be sent in a header. Empty: nothing is sent, and nothing believed.
            AllowedPattern=r"([A-Za-z0-9_-]{32,128})?",
            Description="Shows the router that a request came through the distribution; made once, then kept",
        )
    )
    template.add_parameter(
        Parameter(
            names.INLINE_STYLES,
            Type="String",
            Default="",
            Description="Hashes of the stylesheets in the pages, as the Content-Security-Policy takes them",
            AllowedPattern=r"('sha256-[A-Za-z0-9+/]{43}='( |$))*",
        )
    )
    if settings.domain.name:
        template.add_parameter(
            Parameter(
                names.CERTIFICATE_ARN,
                Type="String",
                Description="The certificate for the domain, in us-east-1",
                AllowedPattern=r"arn:[a-z-]+:acm:us-east-1:\d{12}:certificate/.+",
            )
        )
