"""The configuration of the function, read from its environment variables (`contract.variables`).

All variables are validated together: one error lists every invalid variable, its value and the allowed values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from router.budget import terms
from router.contract import tables, variables
from router.errors import ConfigurationError
from router.log import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_SECONDS = 24 * 60 * 60
_DEFAULT_LIFETIME = 30 * DAY_SECONDS
_MAX_LIFETIME = 3650 * DAY_SECONDS
_DEFAULT_POSTS = 2_000
_MAX_POSTS = 100_000
_DEFAULT_SEGMENT, _MAX_SEGMENT = 50_000, 1_000_000
_DEFAULT_FRESHNESS, _MAX_FRESHNESS = 5, 3_600
_SECONDS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?")
_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@,]+")

VisitPolicy = Literal["tab", "visitor", "connection"]
_POLICIES: tuple[VisitPolicy, ...] = ("tab", "visitor", "connection")
BADGE_STYLES = ("flat", "flat-square", "for-the-badge")
_MAX_LIMIT = 1_000_000
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_MAX_LABEL = 40
_PAGE_NAME = re.compile(tables.NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class BadgeLook:
    """The look of the badge. color: of the part with the number. style: one of BADGE_STYLES."""

    label: str
    color: str
    style: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """The validated configuration.

    Origins are in lower case, without a trailing slash. `region` is None, and `function_name` empty, if no environment
    variable sets it: Lambda does.
    """

    connection_ids_table: str
    visitor_count_table: str
    management_endpoint: str
    allowed_origins: frozenset[str]
    site_bucket: str
    backup_bucket: str
    visit_policy: VisitPolicy
    visit_lifetime_seconds: int
    count_crawlers: bool
    origin_secret: str
    connects_per_address: int
    visits_per_address: int
    replies_per_connection: int
    region: str | None
    posts_per_second: int
    freshness_seconds: float
    segment_connections: int
    function_name: str
    badge: BadgeLook
    names: frozenset[str]
    budget: terms.Terms


def read(environment: Mapping[str, str]) -> Configuration:
    """Return the configuration. Raises ConfigurationError, which lists every invalid variable, when one is invalid."""
    problems: list[str] = []
    configuration = Configuration(
        connection_ids_table=_table(environment, variables.CONNECTION_IDS_TABLE, problems),
        visitor_count_table=_table(environment, variables.VISITOR_COUNT_TABLE, problems),
        management_endpoint=_endpoint(environment, variables.MANAGEMENT_ENDPOINT, problems),
        allowed_origins=_origins(environment, variables.ALLOWED_ORIGINS, problems),
        site_bucket=environment.get(variables.SITE_BUCKET, "").strip(),
        backup_bucket=environment.get(variables.BACKUP_BUCKET, "").strip(),
        visit_policy=_policy(environment, variables.VISIT_POLICY, problems),
        visit_lifetime_seconds=_lifetime(environment, variables.VISIT_LIFETIME_SECONDS, problems),
        count_crawlers=_yes_or_no(environment, variables.COUNT_CRAWLERS, problems),
        origin_secret=environment.get(variables.ORIGIN_SECRET, "").strip(),
        connects_per_address=_whole(environment, variables.CONNECTS_PER_ADDRESS, 0, 0, _MAX_LIMIT, problems),
        visits_per_address=_whole(environment, variables.VISITS_PER_ADDRESS, 0, 0, _MAX_LIMIT, problems),
        replies_per_connection=_whole(environment, variables.REPLIES_PER_CONNECTION, 0, 0, _MAX_LIMIT, problems),
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or None,
        posts_per_second=_whole(environment, variables.POSTS_PER_SECOND, _DEFAULT_POSTS, 1, _MAX_POSTS, problems),
        freshness_seconds=_freshness(environment, variables.FRESHNESS_SECONDS, problems),
        segment_connections=_whole(
            environment, variables.SEGMENT_CONNECTIONS, _DEFAULT_SEGMENT, 1, _MAX_SEGMENT, problems
        ),
        function_name=environment.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        badge=_badge(environment, problems),
        names=_names(environment, variables.VISIT_NAMES, problems),
        budget=terms.read(environment, problems),
    )
    _check_level(environment.get(variables.LOG_LEVEL, ""), problems)
    if problems:
        raise ConfigurationError("; ".join(problems))
    return configuration


def normal_origin(text: str) -> str:
    """Return the origin in the form used for comparison: in lower case, without a trailing slash (a common mistake)."""
    return text.strip().lower().rstrip("/")


def _check_level(value: str, problems: list[str]) -> None:
    """Add a problem for a level that is not known. The log reads it by itself, as it has to exist before this."""
    if value and value not in LEVELS:
        problems.append(f"{variables.LOG_LEVEL} is {value!r}: must be one of {', '.join(LEVELS)}")


def _table(environment: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environment.get(name, "").strip()
    if not _TABLE_NAME.fullmatch(value):
        problems.append(f"{name} is {value!r}: must be the name of a DynamoDB table")
    return value


def _endpoint(environment: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environment.get(name, "").strip().rstrip("/")
    try:
        url = urlsplit(value)
        valid = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        valid = False
    if not valid:
        problems.append(f"{name} is {value!r}: must be an https:// (or local http://) URL")
    return value


def _origins(environment: Mapping[str, str], name: str, problems: list[str]) -> frozenset[str]:
    origins = frozenset(filter(None, map(normal_origin, environment.get(name, "").split(","))))
    invalid = [origin for origin in sorted(origins) if not _ORIGIN.fullmatch(origin)]
    problems += [f"{name} has {origin!r}: must be scheme://host[:port], like https://example.com" for origin in invalid]
    return origins


def _names(environment: Mapping[str, str], variable: str, problems: list[str]) -> frozenset[str]:
    names = frozenset(filter(None, (name.strip() for name in environment.get(variable, "").split(","))))
    wrong = [name for name in sorted(names) if not _PAGE_NAME.fullmatch(name)]
    problems += [f"{variable} has {name!r}: must be 1 to 32 of a-z, 0-9 and -, like blog" for name in wrong]
    return names


def _policy(environment: Mapping[str, str], name: str, problems: list[str]) -> VisitPolicy:
    value = environment.get(name, "").strip() or "tab"
    for policy in _POLICIES:
        if value == policy:
            return policy
    problems.append(f"{name} is {value!r}: must be tab, visitor or connection")
    return "tab"


def _yes_or_no(environment: Mapping[str, str], name: str, problems: list[str]) -> bool:
    value = environment.get(name, "").strip() or "no"
    if value not in {"yes", "no"}:
        problems.append(f"{name} is {value!r}: must be yes or no")
    return value == "yes"


def _lifetime(environment: Mapping[str, str], name: str, problems: list[str]) -> int:
    value = environment.get(name, "").strip() or str(_DEFAULT_LIFETIME)
    seconds = _whole_number(value, _MAX_LIFETIME)
    if not seconds:
        problems.append(f"{name} is {value!r}: must be whole seconds from 1 to {_MAX_LIFETIME}")
    return seconds or 0


def _whole(  # noqa: PLR0913, PLR0917 - a variable, its default and its range
    environment: Mapping[str, str], name: str, default: int, least: int, most: int, problems: list[str]
) -> int:
    value = environment.get(name, "").strip() or str(default)
    number = _whole_number(value, most)
    if number is None or number < least:
        problems.append(f"{name} is {value!r}: must be a whole number from {least} to {most}")
        return 0
    return number


def _freshness(environment: Mapping[str, str], name: str, problems: list[str]) -> float:
    value = environment.get(name, "").strip() or str(_DEFAULT_FRESHNESS)
    if not _SECONDS.fullmatch(value) or float(value) > _MAX_FRESHNESS:
        problems.append(f"{name} is {value!r}: must be seconds from 0 to {_MAX_FRESHNESS}, like 5 or 2.5")
        return 0.0
    return float(value)


def _badge(environment: Mapping[str, str], problems: list[str]) -> BadgeLook:
    label = environment.get(variables.BADGE_LABEL, "").strip() or "visits"
    color = environment.get(variables.BADGE_COLOR, "").strip() or "#0c6b60"
    style = environment.get(variables.BADGE_STYLE, "").strip() or "flat"
    if len(label) > _MAX_LABEL or not label.isprintable():
        problems.append(f"{variables.BADGE_LABEL} is {label!r}: must be at most {_MAX_LABEL} printable characters")
    if not _COLOR.fullmatch(color):
        problems.append(f"{variables.BADGE_COLOR} is {color!r}: must be a colour such as #0c6b60")
    if style not in BADGE_STYLES:
        problems.append(f"{variables.BADGE_STYLE} is {style!r}: must be {', '.join(BADGE_STYLES)}")
    return BadgeLook(label, color, style)


def _whole_number(value: str, maximum: int) -> int | None:
    # Check the length first: int() raises ValueError for very long digit strings.
    is_whole = len(value) <= len(str(maximum)) and value.isascii() and value.isdecimal()
    return int(value) if is_whole and int(value) <= maximum else None
