"""What the settings allow of names and badges is what the router, the importer and the page's script take.

The settings import nothing of the router, and the script is in another language.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deployment.counter.count_file import parse
from errors import ProjectError
from router.broadcasting import badge
from router.configuration import BADGE_STYLES, Configuration, read
from router.errors import ConfigurationError
from settings import Settings, validate
from tests.router.rig import ENVIRONMENT

NAMES = ["a", "blog-2", "-", "0", "a" * 32, "a" * 33, "Blog", "a_b", "a b", "é", "٣", "a\n", "a#b", "a."]
LABELS = ["visits", "x" * 40, "x" * 41, "a\tb", "a\nb", "é", "訪問"]
COLORS = ["#0c6b60", "#ABCDEF", "#0c6b6", "#0c6b600", "0c6b60", "teal", "#00000g"]
STYLES = [*BADGE_STYLES, "plastic", "Flat", "social"]


def of_settings(content: dict[str, Any]) -> Settings | None:
    try:
        return validate(content, Path("settings.toml"))
    except ProjectError:
        return None


def of_router(**variables: str) -> Configuration | None:
    try:
        return read({**ENVIRONMENT, **variables})
    except ConfigurationError:
        return None


def is_imported(name: str) -> bool:
    try:
        return bool(parse(json.dumps({"count": 1, "names": {name: 1}}), "visits.json"))
    except ProjectError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    (pattern,) = re.findall(r"/\^(.*)\$/\.test\(name\)", Path("site/theme/visitor-count.js").read_text())
    allowed = of_settings({"visits": {"names": [name]}}) is not None
    assert bool(re.fullmatch(pattern, name)) == allowed
    assert is_imported(name) == allowed
    if name == name.strip():  # the router trims its variables
        assert (of_router(VISIT_NAMES=name) is not None) == allowed


@pytest.mark.parametrize(
    ("key", "value"),
    [("label", one) for one in LABELS] + [("color", one) for one in COLORS] + [("style", one) for one in STYLES],
)
def test_badges(key: str, value: str) -> None:
    allowed = of_settings({"badge": {key: value}}) is not None
    assert (of_router(**{f"BADGE_{key.upper()}": value}) is not None) == allowed
    if key == "style":
        assert (value in badge._MEASURES) == allowed


def test_what_is_not_set() -> None:
    settings, router = of_settings({}), of_router()
    assert settings
    assert router
    assert (settings.badge.color, settings.badge.style) == (router.badge.color, router.badge.style)
    assert set(badge._MEASURES) == set(BADGE_STYLES)
