"""Reads settings.toml and validates it whole. A leaf: imports nothing of ours but the error tree and `colour`.

`RULES` is the one list of what a user can set: key, default, what is allowed. A key that is not in it is refused with
the nearest valid one; a value that is not allowed is reported with what is; everything wrong is reported at once.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colour import TEXT_CONTRAST, WHITE, Colour, contrast, readable
from errors import SettingsError

DEFAULT_REGION = "us-east-1"
"""Where neither the settings nor the AWS environment names one."""

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
"""The values that CloudWatch Logs accepts.
Source: PutRetentionPolicy, Amazon CloudWatch Logs API Reference."""

STRICT_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' {inline_styles}; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the résumé theme loads, and nothing else. `connect-src 'self'` covers the socket on the page's own host."""

PERMISSIONS_POLICY = (
    "accelerometer=(), bluetooth=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "xr-spatial-tracking=()"
)
"""What neither a page nor what it embeds may ask a reader's browser for: a résumé needs none of it."""

INLINE_STYLES = "{inline_styles}"
"""Where a policy takes the hashes of the stylesheets that lie in the pages themselves. They are known once the site is
built, so they reach the template as a parameter."""

ACCENT_CONTRAST_DARK = 7.5
"""An accent made for the dark page is made brighter than it must be: thin light strokes on black look thinner."""

FONTS = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, '
    "sans-serif",
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", source-sans-pro, sans-serif',
    "geometric": 'Avenir, Montserrat, Corbel, "URW Gothic", source-sans-pro, sans-serif',
    "old-style": '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Book Antiqua", '
    '"Noto Serif", "Liberation Serif", Georgia, serif',
    "transitional": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", "Liberation Serif", serif',
    "slab": 'Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif',
    "mono": 'ui-monospace, "Cascadia Code", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace',
}
"""Families by character, each of faces that some system brings along: on a screen the page fetches no font. On paper
one that is shipped comes first (site_gen/fonts)."""


@dataclass(frozen=True)
class Stack:
    """`region` is empty when the user's AWS environment is to decide."""

    name: str
    region: str
    keep_data_on_destroy: bool


@dataclass(frozen=True)
class Site:
    """`keep_assets_days`: how long a hashed asset stays that no page names any more."""

    folder: Path
    language: str
    keep_assets_days: int
    content_security_policy: str
    permissions_policy: str


@dataclass(frozen=True)
class Theme:
    """What an owner may choose of the page's looks. Colours are "#rrggbb"; the dark accent is never empty here."""

    accent: str
    accent_dark: str
    paper: str
    paper_dark: str
    ink: str
    ink_dark: str
    heading_font: str
    text_font: str
    print_on: str


@dataclass(frozen=True)
class Domain:
    """The custom domain. `name` is empty when there is none; `hosted_zone` is a Route 53 zone ID or empty."""

    name: str
    hosted_zone: str
    certificate_arn: str
    www_redirect: bool

    @property
    def aliases(self) -> tuple[str, ...]:
        """The host names that the distribution answers to, the canonical one first."""
        if not self.name:
            return ()
        return (self.name, f"www.{self.name}") if self.www_redirect else (self.name,)


@dataclass(frozen=True)
class Visits:
    counts: str
    count_crawlers: bool
    remember_days: int
    allowed_origins: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Sockets that one address may open in ten minutes, visitors it may bring in a day, answers that one socket gets in
    ten seconds; 0 means any number."""

    connects_per_address: int
    visits_per_address: int
    replies_per_connection: int


@dataclass(frozen=True)
class Throttle:
    """Per second and in a burst, over every route of the WebSocket API; and how many messages to pages a broadcast
    sends per second, which count against the account's throttle."""

    requests_per_second: int
    burst: int
    posts_per_second: int


@dataclass(frozen=True)
class Settings:
    stack: Stack
    site: Site
    theme: Theme
    domain: Domain
    visits: Visits
    limits: Limits
    throttle: Throttle
    alert_email: str
    log_retention_days: int
    tags: Mapping[str, str]


class _NotAllowedError(ValueError):
    """A value that a rule does not allow."""


@dataclass(frozen=True)
class Rule:
    """One setting: where it stands, what it is when unset, what it may be (in words), and how that is checked.

    `parse` takes the TOML value and returns the setting's value, or raises `_NotAllowedError`.
    """

    key: str
    default: Any
    allowed: str
    parse: Callable[[Any], Any]


def _text(pattern: str, *, optional: bool = False) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not (re.fullmatch(pattern, value) or (optional and not value)):
            raise _NotAllowedError
        return value

    return parse


def _whole(lowest: int, highest: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise _NotAllowedError
        return value

    return parse


def _one_of(*choices: str | int) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise _NotAllowedError
        return value

    return parse


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _NotAllowedError
    return value


def _each(parse_one: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def parse(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise _NotAllowedError
        return tuple(parse_one(item) for item in value)

    return parse


def _tags(value: Any) -> Mapping[str, str]:
    """At most 40 (AWS takes 50 and adds its own), each name up to 128 characters, each value up to 256."""
    parse_name, parse_value = _text(r"(?!aws:)[\w .:/=+@-]{1,128}"), _text(r"[\w .:/=+@-]{0,256}")
    if not isinstance(value, dict) or len(value) > 40:  # noqa: PLR2004
        raise _NotAllowedError
    return {parse_name(name): parse_value(content) for name, content in sorted(value.items())}


_HEX = _text("#[0-9a-fA-F]{6}")
_COLOUR = "a colour as #0c6b60"
_FACES = f"one of {', '.join(FONTS)}"
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"

RULES = (
    Rule(
        "stack.name",
        "cloud-resume",
        "a letter, then letters, digits and hyphens, at most 40 characters",
        _text(r"[A-Za-z][A-Za-z0-9-]{0,39}"),
    ),
    Rule(
        "stack.region",
        "",
        'an AWS Region such as us-east-1 or eu-central-1, or "" for the one of your AWS environment or profile',
        _text(r"[a-z]{2}(?:-[a-z]+)+-[1-9]", optional=True),
    ),
    Rule("stack.keep_data_on_destroy", True, "true or false", _boolean),
    Rule(
        "site.folder",
        "site",
        "a folder with a resume.json or an index.html, relative to settings.toml",
        _text(r"[^\0]+"),
    ),
    Rule("site.keep_assets_days", 30, "a whole number of days from 1 to 365", _whole(1, 365)),
    Rule(
        "site.content_security_policy",
        STRICT_CONTENT_SECURITY_POLICY,
        "a Content-Security-Policy header on one line, at most 1,500 printable characters, without {{",
        # CloudFormation would put a stored secret in place of {{resolve:…}}, and the header is public.
        _text(r"(?!.*\{\{)[ -~]{1,1500}"),
    ),
    Rule(
        "site.permissions_policy",
        PERMISSIONS_POLICY,
        "a Permissions-Policy header on one line, at most 1,500 printable characters, without {{",
        _text(r"(?!.*\{\{)[ -~]{1,1500}"),
    ),
    Rule(
        "site.language",
        "en",
        "a language tag such as en, de or pt-BR",
        _text(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"),
    ),
    Rule("theme.accent", "#0c6b60", _COLOUR, _HEX),
    Rule(
        "theme.accent_dark",
        "",
        f'{_COLOUR}, or "" for the accent, lightened as far as the dark page needs',
        _text("#[0-9a-fA-F]{6}", optional=True),
    ),
    Rule("theme.paper", "#faf8f4", _COLOUR, _HEX),
    Rule("theme.paper_dark", "#12161a", _COLOUR, _HEX),
    Rule("theme.ink", "#1c2023", _COLOUR, _HEX),
    Rule("theme.ink_dark", "#f1eee8", _COLOUR, _HEX),
    Rule("theme.heading_font", "old-style", _FACES, _one_of(*FONTS)),
    Rule("theme.text_font", "sans", _FACES, _one_of(*FONTS)),
    Rule("theme.print_on", "A4", '"A4" or "letter"', _one_of("A4", "letter")),
    Rule(
        "domain.name",
        "",
        'a host name in lower case such as example.com, or "" for none',
        _text(rf"(?=.{{4,253}}$){_HOST}", optional=True),
    ),
    Rule(
        "domain.hosted_zone",
        "",
        'a Route 53 hosted zone ID such as Z0123456789ABCDEFGHIJ, or "" for DNS elsewhere',
        _text(r"Z[A-Z0-9]{1,31}", optional=True),
    ),
    Rule(
        "domain.certificate_arn",
        "",
        "the ARN of a certificate in us-east-1 (CloudFront takes no other, wherever the rest is), "
        'or "" to have one made',
        _text(r"arn:aws(?:-[a-z]+)*:acm:us-east-1:\d{12}:certificate/[\w-]+", optional=True),
    ),
    Rule("domain.www_redirect", False, "true or false", _boolean),
    Rule(
        "visits.counts",
        "tab",
        '"tab" (one per tab, a reload is the same visit), "visitor" (one per person and day, as far as can be told '
        'without cookies) or "connection"',
        _one_of("tab", "visitor", "connection"),
    ),
    Rule("visits.count_crawlers", False, "true or false", _boolean),
    Rule("visits.remember_days", 30, "a whole number of days from 1 to 365", _whole(1, 365)),
    Rule(
        "visits.allowed_origins",
        [],
        'a list of origins such as ["https://blog.example.com"]',
        _each(_text(rf"https?://(?:localhost|{_HOST})(?::\d{{1,5}})?")),
    ),
    Rule("limits.connects_per_address", 100, "a whole number from 0 (no limit) to 100000", _whole(0, 100_000)),
    Rule("limits.visits_per_address", 50, "a whole number from 0 (no limit) to 100000", _whole(0, 100_000)),
    Rule("limits.replies_per_connection", 10, "a whole number from 0 (no limit) to 1000", _whole(0, 1_000)),
    Rule("throttle.requests_per_second", 500, "a whole number from 1 to 10000", _whole(1, 10_000)),
    Rule("throttle.burst", 1000, "a whole number from 1 to 5000", _whole(1, 5_000)),
    Rule("throttle.posts_per_second", 2000, "a whole number from 1 to 100000", _whole(1, 100_000)),
    Rule(
        "alerts.email", "", 'an e-mail address, or "" for no alarms', _text(r"[^@\s]+@[^@\s]+\.[^@\s]+", optional=True)
    ),
    Rule("logs.retention_days", 30, f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}", _one_of(*LOG_RETENTION_DAYS)),
    Rule(
        "tags",
        {"Project": "cloud-resume"},
        "at most 40 names with texts, of letters, digits, spaces and . : / = + @ _ -",
        _tags,
    ),
)
_RULE_OF = {rule.key: rule for rule in RULES}
_SECTIONS = sorted({rule.key.split(".")[0] for rule in RULES})


def load(path: Path) -> Settings:
    """The settings in the file at `path`, defaults filled in.

    Raises SettingsError when the file is missing, is not TOML, or has a key or value that is not allowed.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise SettingsError(str(path), "there is no such file", "create it (an empty file means all defaults)") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(str(path), f"cannot be read: {exc}", "make it a readable UTF-8 text file") from exc
    except RecursionError as exc:
        raise SettingsError(str(path), "is nested too deeply", "settings need only a few levels") from exc
    except ValueError as exc:  # TOMLDecodeError, and a number of thousands of digits
        raise SettingsError(str(path), f"is not valid TOML: {exc}", "mend that line (strings stand in quotes)") from exc
    return validate(table, path)


def validate(table: Mapping[str, Any], path: Path) -> Settings:
    """`table` (as TOML gives it) as Settings; `path` names the file in errors and anchors relative folders."""
    given, problems = _flatten(table)
    values: dict[str, Any] = {}
    for rule in RULES:
        value = given.get(rule.key, rule.default)
        try:
            values[rule.key] = rule.parse(value)
        except _NotAllowedError:
            problems.append(f"{rule.key} = {_shown(value)}: allowed is {rule.allowed}")
    problems += _contradictions(values)
    problems += _unreadable(values)
    if problems:
        raise SettingsError(
            str(path),
            "\n  ".join(["has something that is not allowed:", *problems]),
            "mend these keys and run the command again",
        )
    return _assemble(values, path.parent)


def _flatten(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The table's values by dotted key, and a problem for each key that no rule knows."""
    given: dict[str, Any] = {}
    problems: list[str] = []
    for section, content in table.items():
        if section in _RULE_OF:
            given[section] = content
        elif section not in _SECTIONS:
            problems.append(f"[{section}]: unknown{_suggestion(section, _SECTIONS)}")
        elif not isinstance(content, dict):
            problems.append(f"{section} = {_shown(content)}: allowed is a table, [{section}]")
        else:
            for name, value in content.items():
                key = f"{section}.{name}"
                if key in _RULE_OF:
                    given[key] = value
                else:
                    problems.append(f"{key}: unknown{_suggestion(key, _RULE_OF)}")
    return given, problems


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """What each value allows alone but not together. Values missing here were reported already."""
    problems = []
    if values.get("domain.name") == "":
        problems += [
            f"{key} = {_shown(values[key])}: allowed only with a domain.name"
            for key in ("domain.hosted_zone", "domain.certificate_arn", "domain.www_redirect")
            if values.get(key)
        ]
    if values.get("domain.www_redirect") and str(values.get("domain.name")).startswith("www."):
        problems.append("domain.www_redirect = true: allowed only with a domain.name without www., which www. leads to")
    return problems


def _unreadable(values: Mapping[str, Any]) -> list[str]:
    """Colours of the theme that would leave text too pale, each with the nearest that would not."""
    problems = []
    for name, ground in (
        ("ink", "paper"),
        ("accent", "paper"),
        ("ink_dark", "paper_dark"),
        ("accent_dark", "paper_dark"),
    ):
        text, paper = values.get(f"theme.{name}"), values.get(f"theme.{ground}")
        if not text or not paper:
            continue
        colour, under = Colour.parse(text), Colour.parse(paper)
        if (found := contrast(colour, under)) < TEXT_CONTRAST:
            problems.append(
                f"theme.{name} = {text!r}: has a contrast of {found:.1f}:1 to theme.{ground}, {paper}, and text needs "
                f"{TEXT_CONTRAST}:1; the nearest that has it is {readable(colour, under)!s}"
            )
    return problems


def _theme(chosen: Mapping[str, str]) -> Theme:
    """The dark page's accent is the light one's, lightened until it reads, where the owner chose none."""
    paper_dark = Colour.parse(chosen["paper_dark"])
    lightened = readable(Colour.parse(chosen["accent"]), paper_dark, ACCENT_CONTRAST_DARK).mixed(WHITE, 0.2)
    return Theme(**{**chosen, "accent_dark": chosen["accent_dark"] or str(lightened)})


def _suggestion(key: str, known: Any) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return repr(value)[:120]
    except RecursionError:  # tomllib reads dotted keys of any depth
        return "a table of thousands of levels"


def _assemble(values: Mapping[str, Any], anchor: Path) -> Settings:
    def section(name: str) -> dict[str, Any]:
        return {key.split(".")[1]: value for key, value in values.items() if key.startswith(f"{name}.")}

    site = section("site")
    return Settings(
        stack=Stack(**section("stack")),
        theme=_theme(section("theme")),
        site=Site(**{**site, "folder": anchor / site["folder"]}),
        domain=Domain(**section("domain")),
        visits=Visits(**section("visits")),
        limits=Limits(**section("limits")),
        throttle=Throttle(**section("throttle")),
        alert_email=values["alerts.email"],
        log_retention_days=values["logs.retention_days"],
        tags=values["tags"],
    )


DEFAULT_THEME = validate({}, Path("settings.toml")).theme
