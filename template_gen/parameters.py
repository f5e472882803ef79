"""The template's parameters: values known only while deploying, and those that differ off AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Parameter, Template

from settings import Settings
from template_gen import names

ALWAYS: Mapping[str, Mapping[str, Any]] = {
    names.CODE_BUCKET: {"Description": "The bucket that holds the router's zip"},
    names.CODE_KEY: {"Description": "The zip's key; it contains the zip's hash"},
    names.MANAGEMENT_ENDPOINT: {
        "Default": "",
        "Description": "Where @connections is, when that is not on AWS; empty on AWS",
    },
    names.EXTRA_ORIGINS: {
        "Default": "",
        "Description": "Origins that may open a socket besides the site's own, separated by commas; empty on AWS",
    },
    names.BUDGET_MONTH: {
        "Default": "0",
        "Description": "The seconds of a month of the budget, to show it within minutes; 0 on AWS: calendar months",
        "AllowedPattern": "[0-9]{1,8}",
    },
    names.ORIGIN_SECRET: {
        "Default": "",
        "NoEcho": True,
        # Any other character could not be sent in a header. With an empty secret no header is sent or trusted.
        "AllowedPattern": r"([A-Za-z0-9_-]{32,128})?",
        "Description": "Shows the router that a request came through the distribution; made once, then kept",
    },
    names.INLINE_STYLES: {
        "Default": "",
        "Description": "Hashes of the stylesheets in the pages, as the Content-Security-Policy takes them",
        "AllowedPattern": r"('sha256-[A-Za-z0-9+/]{43}='( |$))*",
    },
}
"""Name -> properties of each parameter that every stack has."""

WITH_A_DOMAIN: Mapping[str, Mapping[str, Any]] = {
    names.CERTIFICATE_ARN: {
        "Description": "The certificate for the domain, in us-east-1",
        "AllowedPattern": r"arn:[a-z-]+:acm:us-east-1:\d{12}:certificate/.+",
    },
}


def add(template: Template, settings: Settings) -> None:
    """Add the template's parameters; those of a domain only with one."""
    for name, properties in {**ALWAYS, **(WITH_A_DOMAIN if settings.domain.name else {})}.items():
        template.add_parameter(Parameter(name, Type="String", **properties))
