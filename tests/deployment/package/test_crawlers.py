from __future__ import annotations

import re

import pytest

from deployment.package.crawlers import ALSO, NOTICE, crawler_list, known_list, known_patterns


def test_plain_patterns_become_strings_and_others_one_expression() -> None:
    notice, expression, *texts = (
        crawler_list([r"Foo\/", "^bar", "a.b", "Amazon CloudFront", "zed"]).decode().splitlines()
    )
    assert notice == NOTICE
    assert {"Foo/", "zed"} <= set(texts)
    assert "Amazon CloudFront" not in texts
    assert "(?:^bar)" in expression
    assert "(?:a.b)" in expression
    assert texts == sorted(texts)


def test_the_file_is_small_and_always_the_same() -> None:
    made = crawler_list(known_patterns())
    assert made == crawler_list(reversed(known_patterns())) == known_list()
    assert 10_000 < len(made) < 40_000
    assert made.count(b"\n") > 1000
    assert all(len(line) > 2 for line in made.decode().splitlines())


def test_an_invalid_pattern_is_an_error() -> None:
    with pytest.raises(re.error):
        crawler_list(["(never closed"])
    assert len(ALSO) == len(set(ALSO))
