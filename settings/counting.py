"""The settings of the counter: what counts as a visit, and the look of the badge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from settings.rules import HOST, NotAllowedError, Rule, boolean, each, one_of, text, whole

LONGEST_LABEL = 40
MOST_NAMES = 20
"""Each is an attribute of the row of the count, and of those of the days."""


def _label(value: Any) -> str:
    # CloudFormation would replace {{resolve:…}} by a stored secret, and the badge is public.
    if not isinstance(value, str) or not value.isprintable() or value != value.strip() or "{{" in value:
        raise NotAllowedError
    if len(value) > LONGEST_LABEL:
        raise NotAllowedError
    return value


def _names(value: Any) -> tuple[str, ...]:
    names = each(text("[a-z0-9-]{1,32}"))(value)
    if len(names) > MOST_NAMES or len(set(names)) < len(names):
        raise NotAllowedError
    return names


@dataclass(frozen=True)
class Visits:
    """The counting of visits: what counts as one, and from which origins."""

    counts: Annotated[
        str,
        Rule(
            "tab",
            '"tab" (one per tab, a reload is the same visit), "visitor" (about one per person and day) or "connection"',
            one_of("tab", "visitor", "connection"),
        ),
    ]
    count_crawlers: Annotated[bool, Rule(False, "true or false", boolean)]
    remember_days: Annotated[int, Rule(30, "a whole number of days from 1 to 365", whole(1, 365))]
    allowed_origins: Annotated[
        tuple[str, ...],
        Rule(
            [],
            'a list of origins such as ["https://blog.example.com"]',
            each(text(rf"https?://(?:localhost|{HOST})(?::\d{{1,5}})?")),
        ),
    ]
    names: Annotated[
        tuple[str, ...],
        Rule([], 'a list of at most 20 names of 1 to 32 of a-z, 0-9 and "-", such as ["blog"]', _names),
    ]


@dataclass(frozen=True)
class Badge:
    """The look of badge.svg. An empty `label` is the word for visits in the language of the site. The text on `color`
    is white, or black where white would be hard to read."""

    label: Annotated[
        str,
        Rule(
            "", 'a text of at most 40 printable characters such as "visits", or "" for the word of the language', _label
        ),
    ]
    color: Annotated[str, Rule("#0c6b60", "a colour such as #0c6b60", text("#[0-9a-fA-F]{6}"))]
    style: Annotated[
        str,
        Rule("flat", '"flat", "flat-square" or "for-the-badge"', one_of("flat", "flat-square", "for-the-badge")),
    ]
