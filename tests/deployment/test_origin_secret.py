"""The secret between distribution and router: made once, kept, never shown."""

from __future__ import annotations

import re

from deployment.origin_secret import MASKED, as_request, masked, origin_secret
from deployment.target import Target
from template_gen import names

AWS, EMULATOR = Target("us-east-1"), Target("us-east-1", "http://127.0.0.1:4566")


def test_a_new_stack_gets_one_of_its_own_and_keeps_it() -> None:
    one, other = origin_secret(AWS, {}), origin_secret(AWS, {})
    assert one != other
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,128}", one)
    assert origin_secret(AWS, {names.ORIGIN_SECRET: MASKED}) == MASKED


def test_an_emulator_gets_none() -> None:
    assert origin_secret(EMULATOR, {}) == ""
    assert origin_secret(EMULATOR, {names.ORIGIN_SECRET: MASKED}) == MASKED


def test_what_is_masked_is_asked_for_as_the_previous_value() -> None:
    assert as_request({"A": "1", "B": MASKED}) == [
        {"ParameterKey": "A", "ParameterValue": "1"},
        {"ParameterKey": "B", "UsePreviousValue": True},
    ]


def test_it_is_never_shown() -> None:
    assert masked({names.ORIGIN_SECRET: "secret", "A": "1"}) == {names.ORIGIN_SECRET: MASKED, "A": "1"}
    assert masked({names.ORIGIN_SECRET: ""}) == {names.ORIGIN_SECRET: ""}
