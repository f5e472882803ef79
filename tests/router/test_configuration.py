from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import configuration
from router.contract import variables
from router.errors import ConfigurationError
from tests.router.rig import ENVIRONMENT


def test_a_complete_environment_with_defaults() -> None:
    read = configuration.read(ENVIRONMENT)
    assert read.allowed_origins == {"https://d111111abcdef8.cloudfront.net", "https://example.com"}
    assert read.visit_policy == "tab"
    assert read.visit_lifetime_seconds == 30 * 24 * 60 * 60
    assert read.region == "eu-central-1"
    assert (read.count_crawlers, read.origin_secret) == (False, "")
    assert read.connects_per_address == read.visits_per_address == read.replies_per_connection == 0


def test_a_local_endpoint_and_no_origin_at_all() -> None:
    endpoint = "http://127.0.0.1:4566/_aws/execute-api/a1b2c3/live/"
    read = configuration.read(
        {
            **ENVIRONMENT,
            "API_GATEWAY_MANAGEMENT_ENDPOINT": endpoint,
            "ALLOWED_ORIGINS": " , ",
            "VISIT_POLICY": "connection",
            "VISIT_LIFETIME_SECONDS": "3600",
            "COUNT_CRAWLERS": "yes",
            "ORIGIN_SECRET": "secret",
            "CONNECTS_PER_ADDRESS": "100",
            "VISITS_PER_ADDRESS": "50",
            "REPLIES_PER_CONNECTION": "10",
        }
    )
    assert read.management_endpoint == endpoint.rstrip("/")
    assert read.allowed_origins == frozenset()
    assert (read.visit_policy, read.visit_lifetime_seconds) == ("connection", 3600)
    assert (read.count_crawlers, read.origin_secret) == (True, "secret")
    assert (read.connects_per_address, read.visits_per_address, read.replies_per_connection) == (100, 50, 10)


def test_one_error_lists_all_invalid_variables() -> None:
    with pytest.raises(ConfigurationError) as raised:
        configuration.read(
            {
                "VISITOR_COUNT_TABLE": "a table",
                "API_GATEWAY_MANAGEMENT_ENDPOINT": "wss://example.com/live",
                "ALLOWED_ORIGINS": "https://example.com,example.org,*",
                "VISIT_POLICY": "person",
                "VISIT_LIFETIME_SECONDS": "1d",
                "COUNT_CRAWLERS": "maybe",
                "CONNECTS_PER_ADDRESS": "-1",
                "VISITS_PER_ADDRESS": "1000001",
                "REPLIES_PER_CONNECTION": "ten",
                "BADGE_LABEL": "two\nlines",
                "VISIT_NAMES": "blog,About us",
                "BADGE_COLOR": "teal",
                "BADGE_STYLE": "plastic",
            }
        )
    assert str(raised.value).split("; ") == [
        "CONNECTION_IDS_TABLE is '': must be the name of a DynamoDB table",
        "VISITOR_COUNT_TABLE is 'a table': must be the name of a DynamoDB table",
        "API_GATEWAY_MANAGEMENT_ENDPOINT is 'wss://example.com/live': must be an https:// (or local http://) URL",
        "ALLOWED_ORIGINS has '*': must be scheme://host[:port], like https://example.com",
        "ALLOWED_ORIGINS has 'example.org': must be scheme://host[:port], like https://example.com",
        "VISIT_POLICY is 'person': must be tab, visitor or connection",
        "VISIT_LIFETIME_SECONDS is '1d': must be whole seconds from 1 to 315360000",
        "COUNT_CRAWLERS is 'maybe': must be yes or no",
        "CONNECTS_PER_ADDRESS is '-1': must be a whole number from 0 to 1000000",
        "VISITS_PER_ADDRESS is '1000001': must be a whole number from 0 to 1000000",
        "REPLIES_PER_CONNECTION is 'ten': must be a whole number from 0 to 1000000",
        "BADGE_LABEL is 'two\\nlines': must be at most 40 printable characters",
        "BADGE_COLOR is 'teal': must be a colour such as #0c6b60",
        "BADGE_STYLE is 'plastic': must be flat, flat-square, for-the-badge",
        "VISIT_NAMES has 'About us': must be 1 to 32 of a-z, 0-9 and -, like blog",
    ]


@pytest.mark.parametrize("posts", ["0", "-1", "1e3", "100001", "9" * 5000])
def test_rates_out_of_range(posts: str) -> None:
    with pytest.raises(ConfigurationError, match=r"POSTS_PER_SECOND .* a whole number from 1 to 100000"):
        configuration.read({**ENVIRONMENT, "POSTS_PER_SECOND": posts})
    assert configuration.read(ENVIRONMENT).posts_per_second == 2000
    assert configuration.read({**ENVIRONMENT, "POSTS_PER_SECOND": " 10000 "}).posts_per_second == 10_000


@pytest.mark.parametrize("seconds", ["-1", "3601", "1e3", ".5", "9" * 5000, "inf"])
def test_intervals_out_of_range(seconds: str) -> None:
    with pytest.raises(ConfigurationError, match=r"FRESHNESS_SECONDS .* seconds from 0 to 3600, like 5 or 2.5"):
        configuration.read({**ENVIRONMENT, "FRESHNESS_SECONDS": seconds})
    assert configuration.read(ENVIRONMENT).freshness_seconds == 5
    assert configuration.read({**ENVIRONMENT, "FRESHNESS_SECONDS": "2.5"}).freshness_seconds == 2.5


@pytest.mark.parametrize("connections", ["0", "-1", "1000001", "all"])
def test_segments_out_of_range(connections: str) -> None:
    with pytest.raises(ConfigurationError, match=r"SEGMENT_CONNECTIONS .* a whole number from 1 to 1000000"):
        configuration.read({**ENVIRONMENT, "SEGMENT_CONNECTIONS": connections})
    assert configuration.read(ENVIRONMENT).segment_connections == 50_000


@pytest.mark.parametrize("seconds", ["0", "-1", "1.5", "315360001", "9" * 5000, "١٢"])
def test_lifetimes_out_of_range(seconds: str) -> None:
    with pytest.raises(ConfigurationError, match="VISIT_LIFETIME_SECONDS"):
        configuration.read({**ENVIRONMENT, "VISIT_LIFETIME_SECONDS": seconds})


@given(st.dictionaries(st.sampled_from([*ENVIRONMENT, "VISIT_POLICY", "VISIT_LIFETIME_SECONDS"]), st.text()))
def test_any_environment_is_valid_or_raises_one_error(changes: dict[str, str]) -> None:
    try:
        read = configuration.read({**ENVIRONMENT, **changes})
    except ConfigurationError as error:
        assert any(name in str(error) for name in changes)  # noqa: PT017 - either outcome is right
    else:
        assert read.visit_lifetime_seconds >= 1


def test_every_variable_of_the_contract_is_read() -> None:
    asked: set[str] = set()

    class Recording(dict[str, str]):
        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            asked.add(key)
            return super().get(key, default)

    configuration.read(Recording(ENVIRONMENT))
    assert asked >= {value for name, value in vars(variables).items() if name.isupper()}
