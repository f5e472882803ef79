"""The edge applies the behaviours of the distribution in the template."""

from __future__ import annotations

from typing import Any, cast

import pytest

from local_cloud.edge.behaviors import Behavior, behaviors, chosen


def distribution(*patterns: tuple[str, str]) -> Any:
    """Return a distribution. patterns: of paths, and the origins they lead to."""
    return {
        "Origins": {
            "Items": [
                {"Id": "site", "DomainName": "bucket.s3.us-east-1.amazonaws.com"},
                {"Id": "live", "DomainName": "abc123.execute-api.us-east-1.amazonaws.com"},
            ]
        },
        "CacheBehaviors": {
            "Quantity": len(patterns),
            **(
                {"Items": [{"PathPattern": path, "TargetOriginId": origin} for path, origin in patterns]}
                if patterns
                else {}
            ),
        },
        "DefaultCacheBehavior": {"TargetOriginId": "site"},
    }


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/live", "abc123"),
        ("/", ""),
        ("/live/", ""),
        ("/lively", ""),
        ("/LIVE", ""),
        ("/assets/live", ""),
        ("/live%0a", ""),
    ],
)
def test_a_path_goes_where_the_first_matching_behavior_says(path: str, api: str) -> None:
    assert chosen(behaviors(distribution(("/live", "live"))), path).api == api


def test_order_decides() -> None:
    ordered = behaviors(distribution(("/live/static/*", "site"), ("/live*", "live")))
    assert chosen(ordered, "/live/static/a.js").api == ""
    assert chosen(ordered, "/live/socket").api == "abc123"


def test_without_behaviors_everything_is_the_defaults() -> None:
    assert behaviors(distribution()) == (Behavior("*", ""),)
    config = distribution()
    del config["CacheBehaviors"]
    assert chosen(behaviors(cast("Any", config)), "/live").api == ""


def test_a_behavior_compresses_if_the_template_says_so() -> None:
    config = distribution(("/live", "live"), ("*.svg", "site"))
    config["CacheBehaviors"]["Items"][1]["Compress"] = config["DefaultCacheBehavior"]["Compress"] = True
    assert [each.compress for each in behaviors(config)] == [False, True, True]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.jpg", "/a/b.jpg", True),
        ("/a?.jpg", "/ab.jpg", True),
        ("/a?.jpg", "/a.jpg", False),
        ("images/*", "/images/x", True),
        ("/a.b", "/axb", False),
        ("/(a", "/(a", True),
    ],
)
def test_wildcards(pattern: str, path: str, matches: bool) -> None:
    assert Behavior(pattern, "").matches(path) is matches
