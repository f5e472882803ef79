"""The function's environment, validated whole: one error names every wrong variable, its value and what is allowed.

CONNECTION_IDS_TABLE            name of the table of open connections
VISITOR_COUNT_TABLE             name of the table of visits and counts
API_GATEWAY_MANAGEMENT_ENDPOINT https://{api}.execute-api.{region}.amazonaws.com/{stage}, or a local http URL
ALLOWED_ORIGINS                 comma separated origins of pages that may connect; empty: no page may
SITE_BUCKET                     the bucket that badge.svg is written to; empty: no badge
VISIT_POLICY                    ``tab`` (default) or ``connection``
VISIT_LIFETIME_SECONDS          how long a visit id is known as a repeat; default 30 days
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from router.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_SECONDS = 24 * 60 * 60
_LIFETIME_DEFAULT = 30 * DAY_SECONDS
_LIFETIME_LONGEST = 3650 * DAY_SECONDS
_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@,]+")

VisitPolicy = Literal["tab", "connection"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Origins are lower case and without a trailing slash; the region is None where botocore shall look for it."""

    connection_ids_table: str
    visitor_count_table: str
    management_endpoint: str
    allowed_origins: frozenset[str]
    site_bucket: str
    visit_policy: VisitPolicy
    visit_lifetime_seconds: int
    region: str | None


def read(environment: Mapping[str, str]) -> Configuration:
    """The configuration, or a ConfigurationError that lists everything wrong at once."""
    problems: list[str] = []
    configuration = Configuration(
        connection_ids_table=_table(environment, "CONNECTION_IDS_TABLE", problems),
        visitor_count_table=_table(environment, "VISITOR_COUNT_TABLE", problems),
        management_endpoint=_endpoint(environment, "API_GATEWAY_MANAGEMENT_ENDPOINT", problems),
        allowed_origins=_origins(environment, "ALLOWED_ORIGINS", problems),
        site_bucket=environment.get("SITE_BUCKET", "").strip(),
        visit_policy=_policy(environment, "VISIT_POLICY", problems),
        visit_lifetime_seconds=_lifetime(environment, "VISIT_LIFETIME_SECONDS", problems),
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or None,
    )
    if problems:
        raise ConfigurationError("; ".join(problems))
    return configuration


def normal_origin(text: str) -> str:
    """An origin as it is compared: scheme and host are case-insensitive, a trailing slash is a common slip."""
    return text.strip().lower().rstrip("/")


def _table(environment: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environment.get(name, "").strip()
    if not _TABLE_NAME.fullmatch(value):
        problems.append(f"{name} is {value!r}: must be the name of a DynamoDB table")
    return value


def _endpoint(environment: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environment.get(name, "").strip().rstrip("/")
    try:
        url = urlsplit(value)
        usable = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        usable = False
    if not usable:
        problems.append(f"{name} is {value!r}: must be an https:// (or local http://) URL")
    return value


def _origins(environment: Mapping[str, str], name: str, problems: list[str]) -> frozenset[str]:
    origins = frozenset(filter(None, map(normal_origin, environment.get(name, "").split(","))))
    wrong = [origin for origin in sorted(origins) if not _ORIGIN.fullmatch(origin)]
    problems += [f"{name} has {origin!r}: must be scheme://host[:port], like https://example.com" for origin in wrong]
    return origins


def _policy(environment: Mapping[str, str], name: str, problems: list[str]) -> VisitPolicy:
    match environment.get(name, "").strip() or "tab":
        case "tab":
            return "tab"
        case "connection":
            return "connection"
        case value:
            problems.append(f"{name} is {value!r}: must be tab or connection")
            return "tab"


def _lifetime(environment: Mapping[str, str], name: str, problems: list[str]) -> int:
    value = environment.get(name, "").strip()
    if not value:
        return _LIFETIME_DEFAULT
    # Length first: int() refuses very long digit strings with an error of its own.
    whole = len(value) <= len(str(_LIFETIME_LONGEST)) and value.isascii() and value.isdecimal()
    seconds = int(value) if whole else 0
    if not 1 <= seconds <= _LIFETIME_LONGEST:
        problems.append(f"{name} is {value!r}: must be whole seconds from 1 to {_LIFETIME_LONGEST}")
    return seconds
