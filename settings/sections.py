"""Every setting, once: a field's position is its key, and its annotation gives the type, the default and the allowed
values.

`settings.keys` derives the list of keys from the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from settings.counting import Badge, Visits
from settings.policies import PERMISSIONS_POLICY, STRICT_CONTENT_SECURITY_POLICY
from settings.rules import HOST, Rule, boolean, each, one_of, tags, text, whole
from settings.spending import Budget, Cdn, Limits, Throttle
from settings.theme import Theme

LOG_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The values that CloudWatch Logs accepts. Source: PutRetentionPolicy, Amazon CloudWatch Logs API Reference."""

LOG_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")

REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[1-9][0-9]?"
"""Of the name of an AWS Region, such as eu-central-1 or eusc-de-east-1."""

# CloudFormation would replace {{resolve:…}} by a stored secret, and a header is public.
_HEADER = text(r"(?!.*\{\{)[ -~]{1,1500}")


@dataclass(frozen=True)
class Stack:
    """The CloudFormation stack. `region` is empty when the user's AWS environment decides, `permissions_boundary` when
    the router's role has none."""

    name: Annotated[
        str,
        Rule(
            "cloud-resume",
            "a name of letters, digits and hyphens that begins with a letter, at most 40 characters",
            text(r"[A-Za-z][A-Za-z0-9-]{0,39}"),
        ),
    ]
    region: Annotated[
        str,
        Rule(
            "",
            'an AWS Region such as us-east-1 or eu-central-1, or "" for the one of your AWS environment or profile',
            text(REGION, optional=True),
        ),
    ]
    keep_data_on_destroy: Annotated[bool, Rule(True, "true or false", boolean)]
    permissions_boundary: Annotated[
        str,
        Rule(
            "",
            'the ARN of an IAM policy, the permissions boundary of the function\'s role, or "" for none',
            text(r"arn:aws[a-z-]*:iam::(?:[0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+", optional=True),
        ),
    ]


REFUSE, NOTE = "refuse", "note"
"""Values of site.policy_check."""

IGNORE = (
    *("node_modules", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "tsconfig.json"),
    *("*.ts", "*.tsx", "*.jsx", "*.scss", "*.sass", "*.less", "*.js.map", "*.css.map"),
    *("README.md", "Makefile", "Thumbs.db", "desktop.ini", "*~", "*.bak"),
)


@dataclass(frozen=True)
class Site:
    """The site's content. `ignore`: what a site of the owner's own does not publish, besides hidden files.
    `policy_check`: what to do about what its policy blocks. `keep_assets_days`: how long to keep a hashed asset that no
    page references any more."""

    folder: Annotated[
        Path, Rule("site", "a folder with a resume.json or an index.html, relative to settings.toml", text(r"[^\0]+"))
    ]
    keep_assets_days: Annotated[int, Rule(30, "a whole number of days from 1 to 365", whole(1, 365))]
    content_security_policy: Annotated[
        str,
        Rule(
            STRICT_CONTENT_SECURITY_POLICY,
            "a Content-Security-Policy header on one line, at most 1,500 printable characters, without {{",
            _HEADER,
        ),
    ]
    permissions_policy: Annotated[
        str,
        Rule(
            PERMISSIONS_POLICY,
            "a Permissions-Policy header on one line, at most 1,500 printable characters, without {{",
            _HEADER,
        ),
    ]
    ignore: Annotated[
        tuple[str, ...],
        Rule(
            IGNORE,
            'a list of names such as "node_modules" or "*.scss", or of paths in the folder such as "drafts/*"',
            each(text(r"(?!/)[^\0\\]+")),
        ),
    ]
    policy_check: Annotated[
        str,
        Rule(
            REFUSE,
            f'"{REFUSE}" to refuse a site of your own whose scripts or stylesheets its security policy blocks, '
            f'"{NOTE}" to print them only',
            one_of(REFUSE, NOTE),
        ),
    ]
    language: Annotated[
        str, Rule("en", "a language tag such as en, de or pt-BR", text(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"))
    ]


@dataclass(frozen=True)
class Domain:
    """The custom domain. `name` is empty when there is none; `hosted_zone` is a Route 53 hosted zone ID or empty."""

    name: Annotated[
        str,
        Rule(
            "",
            'a host name in lower case such as example.com, or "" for none',
            text(rf"(?=.{{4,253}}$){HOST}", optional=True),
        ),
    ]
    hosted_zone: Annotated[
        str,
        Rule(
            "",
            'a Route 53 hosted zone ID such as Z0123456789ABCDEFGHIJ, or "" for DNS elsewhere',
            text(r"Z[A-Z0-9]{1,31}", optional=True),
        ),
    ]
    certificate_arn: Annotated[
        str,
        Rule(
            "",
            "the ARN of a certificate in us-east-1 (the only Region CloudFront accepts certificates from), "
            'or "" to request one',
            text(r"arn:aws(?:-[a-z]+)*:acm:us-east-1:\d{12}:certificate/[\w-]+", optional=True),
        ),
    ]
    www_redirect: Annotated[bool, Rule(False, "true or false", boolean)]

    @property
    def aliases(self) -> tuple[str, ...]:
        """Return the host names that the distribution answers to, the canonical one first."""
        if not self.name:
            return ()
        return (self.name, f"www.{self.name}") if self.www_redirect else (self.name,)


@dataclass(frozen=True)
class Alerts:
    """The recipient of alarms."""

    email: Annotated[
        str, Rule("", 'an e-mail address, or "" for no alarms', text(r"[^@\s]+@[^@\s]+\.[^@\s]+", optional=True))
    ]


@dataclass(frozen=True)
class Logs:
    """The retention of the router's logs, and the least level of the lines that it writes."""

    retention_days: Annotated[
        int, Rule(30, f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}", one_of(*LOG_RETENTION_DAYS))
    ]
    level: Annotated[str, Rule("INFO", f"one of {', '.join(LOG_LEVELS)}", one_of(*LOG_LEVELS))]


@dataclass(frozen=True)
class Settings:
    """All settings. A field is a section of settings.toml, and its fields are the keys of the section; `tags` is a
    section whose names the owner chooses."""

    stack: Stack
    site: Site
    theme: Theme
    domain: Domain
    visits: Visits
    badge: Badge
    budget: Budget
    limits: Limits
    throttle: Throttle
    cdn: Cdn
    alerts: Alerts
    logs: Logs
    tags: Annotated[
        Mapping[str, str],
        Rule(
            {"Project": "cloud-resume"},
            "a table of at most 40 names and values made of letters, digits, spaces and . : / = + @ _ -",
            tags,
        ),
    ]

    def in_region(self, region: str) -> Settings:
        """Return these settings for a stack in the Region, which may come from an option or the AWS configuration."""
        return replace(self, stack=replace(self.stack, region=region))
