from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import configuration
from router.errors import ConfigurationError
from tests.router.rig import ENVIRONMENT


def test_a_complete_environment_with_defaults() -> None:
    read = configuration.read(ENVIRONMENT)
    assert read.allowed_origins == {"https://d111111abcdef8.cloudfront.net", "https://example.com"}
    assert read.visit_policy == "tab"
    assert read.visit_lifetime_seconds == 30 * 24 * 60 * 60
    assert read.region == "eu-central-1"


def test_a_local_endpoint_and_no_origin_at_all() -> None:
    endpoint = "http://127.0.0.1:4566/_aws/execute-api/a1b2c3/live/"
    read = configuration.read(
        {
            **ENVIRONMENT,
            "API_GATEWAY_MANAGEMENT_ENDPOINT": endpoint,
            "ALLOWED_ORIGINS": " , ",
            "VISIT_POLICY": "connection",
            "VISIT_LIFETIME_SECONDS": "3600",
        }
    )
    assert read.management_endpoint == endpoint.rstrip("/")
    assert read.allowed_origins == frozenset()
    assert (read.visit_policy, read.visit_lifetime_seconds) == ("connection", 3600)


def test_everything_wrong_is_named_at_once_with_its_value_and_what_is_allowed() -> None:
    with pytest.raises(ConfigurationError) as raised:
        configuration.read(
            {
                "VISITOR_COUNT_TABLE": "a table",
                "API_GATEWAY_MANAGEMENT_ENDPOINT": "wss://example.com/live",
                "ALLOWED_ORIGINS": "https://example.com,example.org,*",
                "VISIT_POLICY": "visitor",
                "VISIT_LIFETIME_SECONDS": "1d",
            }
        )
    assert str(raised.value).split("; ") == [
        "CONNECTION_IDS_TABLE is '': must be the name of a DynamoDB table",
        "VISITOR_COUNT_TABLE is 'a table': must be the name of a DynamoDB table",
        "API_GATEWAY_MANAGEMENT_ENDPOINT is 'wss://example.com/live': must be an https:// (or local http://) URL",
        "ALLOWED_ORIGINS has '*': must be scheme://host[:port], like https://example.com",
        "ALLOWED_ORIGINS has 'example.org': must be scheme://host[:port], like https://example.com",
        "VISIT_POLICY is 'visitor': must be tab or connection",
        "VISIT_LIFETIME_SECONDS is '1d': must be whole seconds from 1 to 315360000",
    ]


@pytest.mark.parametrize("seconds", ["0", "-1", "1.5", "315360001", "9" * 5000, "١٢"])
def test_lifetimes_out_of_range(seconds: str) -> None:
    with pytest.raises(ConfigurationError, match="VISIT_LIFETIME_SECONDS"):
        configuration.read({**ENVIRONMENT, "VISIT_LIFETIME_SECONDS": seconds})


@given(st.dictionaries(st.sampled_from([*ENVIRONMENT, "VISIT_POLICY", "VISIT_LIFETIME_SECONDS"]), st.text()))
def test_whatever_the_environment_holds_there_is_one_error_or_none(changes: dict[str, str]) -> None:
    try:
        read = configuration.read({**ENVIRONMENT, **changes})
    except ConfigurationError as error:
        assert any(name in str(error) for name in changes)  # noqa: PT017 - either outcome is right
    else:
        assert read.visit_lifetime_seconds >= 1
