"""settings.toml: defaults, errors that name the key, the value and the allowed values, and no crashes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import SettingsError
from router import configuration
from settings import RULES, Settings, load, validate
from tests.router.rig import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
FILE = Path("settings.toml")

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def refusal(table: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        validate(table, FILE)
    return str(caught.value)


def test_an_empty_file_means_all_defaults() -> None:
    settings = validate({}, FILE)
    assert settings.stack.name == "cloud-resume"
    assert settings.domain.aliases == ()
    assert settings.visits.counts == "tab"
    assert not settings.visits.count_crawlers
    assert settings.limits.connects_per_address == 100
    assert settings.stack.keep_data_on_destroy


def test_the_file_that_ships_says_the_defaults_and_leaves_none_unexplained() -> None:
    text = (ROOT / "settings.toml").read_text()
    assert load(ROOT / "settings.toml") == validate({}, ROOT / "settings.toml")
    table = tomllib.loads(text)
    for key in RULES:
        section, _, name = key.partition(".")
        assert section in table
        assert not name or f"{name} = " in text, f"{key} is not shown in settings.toml"


def test_the_site_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[site]\nfolder = "cv"\n')
    assert load(tmp_path / "settings.toml").site.folder == tmp_path / "cv"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"badge": {"label": "two\nlines"}}, ["badge.label", "at most 40 printable characters"]),
        ({"badge": {"label": "{{resolve:ssm:/secret}}"}}, ["badge.label", "at most 40 printable characters"]),
        ({"badge": {"label": " "}}, ["badge.label"]),
        ({"visits": {"names": ["Blog"]}}, ["visits.names", "at most 20 names"]),
        ({"visits": {"names": ["blog", "blog"]}}, ["visits.names"]),
        ({"visits": {"names": [str(number) for number in range(21)]}}, ["visits.names"]),
        ({"badge": {"color": "teal"}}, ["badge.color = 'teal'", "a colour such as #0c6b60"]),
        ({"badge": {"style": "plastic"}}, ["badge.style = 'plastic'", "flat-square"]),
        ({"stack": {"name": "9lives"}}, ["stack.name = '9lives'", "begins with a letter"]),
        ({"stack": {"name": 5}}, ["stack.name = 5"]),
        ({"stack": {"nmae": "x"}}, ["stack.nmae", "did you mean stack.name?"]),
        ({"stak": {}}, ["[stak]", "did you mean stack?"]),
        ({"stack": 3}, ["stack = 3", "a table, [stack]"]),
        ({"stack": {"region": "moon-1"}}, ["stack.region = 'moon-1'", "us-east-1"]),
        ({"stack": {"keep_data_on_destroy": "yes"}}, ["keep_data_on_destroy = 'yes'", "true or false"]),
        ({"visits": {"counts": "hits"}}, ["visits.counts = 'hits'", '"tab"', '"connection"']),
        ({"visits": {"counts": "visitors"}}, ["visits.counts = 'visitors'", '"visitor"']),
        ({"visits": {"count_crawlers": 1}}, ["count_crawlers = 1", "true or false"]),
        ({"limits": {"connects_per_address": -1}}, ["connects_per_address = -1", "0 (no limit)"]),
        ({"limits": {"visits_per_address": "many"}}, ["visits_per_address = 'many'"]),
        ({"limits": {"replies_per_connection": 1001}}, ["replies_per_connection = 1001", "1000"]),
        ({"visits": {"remember_days": 0}}, ["remember_days = 0", "from 1 to 365"]),
        ({"visits": {"remember_days": True}}, ["remember_days = true"]),
        ({"visits": {"allowed_origins": ["ftp://x"]}}, ["allowed_origins", "https://blog.example.com"]),
        ({"visits": {"allowed_origins": ["https://example.com/"]}}, ["allowed_origins"]),
        ({"visits": {"allowed_origins": "https://example.com"}}, ["allowed_origins"]),
        ({"throttle": {"connect_burst": 5001}}, ["throttle.connect_burst = 5001", "from 1 to 5000"]),
        ({"throttle": {"messages_per_second": 1.5}}, ["throttle.messages_per_second = 1.5", "a whole number"]),
        ({"throttle": {"freshness_seconds": 0.5}}, ["throttle.freshness_seconds = 0.5", "from 1 to 3600"]),
        ({"throttle": {"burst": 1000}}, ["throttle.burst", "throttle.connect_burst and throttle.message_burst"]),
        (
            {"throttle": {"requests_per_second": 500}},
            ["throttle.requests_per_second", "throttle.connects_per_second and throttle.messages_per_second"],
        ),
        ({"budget": {"dollars_a_month": 0.00001}}, ["budget.dollars_a_month = 1e-05", "from 0.0001 to 10000"]),
        ({"budget": {"dollars_a_month": 10_001}}, ["budget.dollars_a_month = 10001", "0 (no budget)"]),
        ({"budget": {"dollars_a_month": float("nan")}}, ["budget.dollars_a_month = nan"]),
        ({"budget": {"dollars_a_month": True}}, ["budget.dollars_a_month = true"]),
        ({"budget": {"dollars_a_month": "5"}}, ["budget.dollars_a_month = '5'"]),
        ({"cdn": {"plan": "pro"}}, ["cdn.plan = 'pro'", '"free"']),
        ({"logs": {"level": "info"}}, ["logs.level = 'info'", "DEBUG, INFO, WARN, ERROR"]),
        ({"throttle": {"posts_per_second": 0}}, ["throttle.posts_per_second = 0", "from 1 to 100000"]),
        ({"alerts": {"email": "nobody"}}, ["alerts.email = 'nobody'"]),
        ({"logs": {"retention_days": 31}}, ["logs.retention_days = 31", "30, 60"]),
        ({"tags": {"aws:mine": "x"}}, ["tags"]),
        ({"tags": {str(n): "x" for n in range(41)}}, ["at most 40"]),
        ({"theme": {"accent": "red"}}, ["theme.accent = 'red'", "#0c6b60"]),
        (
            {"theme": {"accent": "#f3c969"}},
            ["contrast with theme.paper, #faf8f4, is 1.5:1", "enough contrast is #946b0c"],
        ),
        ({"theme": {"accent_dark": "#222222"}}, ["theme.accent_dark", "theme.paper_dark"]),
        ({"theme": {"text_font": "comic"}}, ["theme.text_font = 'comic'", "humanist"]),
        ({"site": {"language": "English"}}, ["site.language = 'English'", "pt-BR"]),
        ({"domain": {"name": "Example.com", "hosted_zone": "Z1"}}, ["domain.name = 'Example.com'"]),
        ({"domain": {"hosted_zone": "Z123"}}, ["domain.hosted_zone = 'Z123'", "only with a domain.name"]),
        ({"domain": {"name": "www.a.com", "hosted_zone": "Z1", "www_redirect": True}}, ["does not begin with www."]),
        (
            {"domain": {"name": "a.com", "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"}},
            ["certificate_arn", "us-east-1"],
        ),
        ({"site": {"keep_assets_days": 0}}, ["site.keep_assets_days = 0", "from 1 to 365"]),
        ({"site": {"content_security_policy": "a\nb"}}, ["content_security_policy"]),
        (
            {"site": {"content_security_policy": "img-src {{resolve:ssm:/database/password}}"}},
            ["content_security_policy", "without {{"],
        ),
    ],
)
def test_a_refusal_names_the_key_the_value_and_what_is_allowed(table: dict[str, Any], words: list[str]) -> None:
    message = refusal(table)
    assert "settings.toml" in message
    for word in words:
        assert word in message


def test_everything_wrong_is_reported_at_once() -> None:
    message = refusal({"stack": {"name": "", "regio": "x"}, "logs": {"retention_days": 2}})
    assert all(key in message for key in ("stack.name", "stack.regio", "logs.retention_days"))


def test_a_file_that_is_not_toml_is_reported_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[stack]\nname = cloud\n")
    with pytest.raises(SettingsError, match=r"settings\.toml:2:8: is not valid TOML: Invalid value\n"):
        load(tmp_path / "settings.toml")


def test_a_missing_or_unreadable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "settings.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_www_is_an_alias_only_with_the_redirect() -> None:
    domain = {"name": "example.com", "hosted_zone": "Z1"}
    assert validate({"domain": domain}, FILE).domain.aliases == ("example.com",)
    assert validate({"domain": {**domain, "www_redirect": True}}, FILE).domain.aliases == (
        "example.com",
        "www.example.com",
    )


def outcome(table: dict[str, Any]) -> Settings | str:
    """Return the settings or the error text: any table must give one of them."""
    try:
        return validate(table, FILE)
    except SettingsError as error:
        return str(error)


@given(key=st.sampled_from(sorted(RULES)), value=json_like)
def test_any_value_is_taken_or_refused_by_name(key: str, value: Any) -> None:
    section, _, name = key.partition(".")
    result = outcome({section: {name: value}} if name else {section: value})
    assert isinstance(result, Settings) or section in result


@given(st.dictionaries(st.text(max_size=12), json_like, max_size=4))
def test_any_table_is_taken_or_refused(table: dict[str, Any]) -> None:
    result = outcome(table)
    assert isinstance(result, Settings) or result.startswith("settings.toml: ")


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "eusc-de-east-1"])
def test_regions_of_every_partition(region: str) -> None:
    assert validate({"stack": {"region": region}}, Path("settings.toml")).stack.region == region


@given(st.text(max_size=60))
def test_a_label_that_the_settings_allow_is_allowed_by_the_router(label: str) -> None:
    try:
        found = validate({"badge": {"label": label}}, FILE).badge
    except SettingsError:
        return
    assert configuration.read({**ENVIRONMENT, "BADGE_LABEL": found.label}).badge.label == (label or "visits")
