"""The invalidated paths, and waiting for the invalidation."""

from __future__ import annotations

import pytest

from deployment.site.invalidation import EVERYTHING, MANY_PATHS, addresses, invalidate, paths, wait_until_completed
from errors import CloudError
from tests.deployment.fakes import FakeCloudFront, FakeTarget


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a b.html", "/a%20b.html"),
        ("ü.html", "/%C3%BC.html"),
        ("100%.html", "/100%25.html"),
        ("what?.html", "/what%3F.html"),
        ("a#b", "/a%23b"),
        ("star*", "/star%2A"),
        ("it's,(fine);~$-_.+!:@=&.html", "/it's,(fine);~$-_.+!:@=&.html"),
        ("my-index.html", "/my-index.html"),
    ],
)
def test_paths_are_encoded_for_cloudfront(key: str, path: str) -> None:
    assert addresses(key) == (path,)


def test_the_index_page_of_a_folder_has_two_paths() -> None:
    assert addresses("index.html") == ("/index.html", "/")
    assert addresses("my blog/index.html") == ("/my%20blog/index.html", "/my%20blog/")


def test_many_paths_are_one_wildcard() -> None:
    few = [f"{number}.html" for number in range(MANY_PATHS)]
    assert len(paths(few)) == MANY_PATHS
    assert paths([*few, "more.html"]) == (EVERYTHING,)
    assert paths([]) == ()


def test_an_invalidation_is_waited_for_by_its_id() -> None:
    cloudfront = FakeCloudFront()
    target = FakeTarget(clients={"cloudfront": cloudfront})
    identifier = invalidate(["/a"], "E1", target)
    assert cloudfront.waited_for == []
    wait_until_completed(identifier, "E1", target)
    assert cloudfront.waited_for == [("E1", identifier)]


def test_an_invalidation_that_does_not_complete_is_an_error() -> None:
    target = FakeTarget(clients={"cloudfront": FakeCloudFront(patience=False)})
    with pytest.raises(CloudError, match="distribution E1, invalidation I1"):
        wait_until_completed("I1", "E1", target)
