"""The origin secret: generated once, kept, never shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.package.prepared import Prepared, StackOptions
from deployment.package.router_zip import Package
from deployment.plan.planner import main_change
from deployment.stack.origin_secret import MASKED, as_request, masked, origin_secret
from deployment.stack.state import StackState
from errors import UsageError
from template_gen import names
from tests.deployment.conftest import MakeSettings

AWS, EMULATOR = Target("us-east-1"), Target("us-east-1", "http://127.0.0.1:4566")


def test_a_new_stack_gets_a_secret_and_keeps_it() -> None:
    one, other = origin_secret(AWS, {}), origin_secret(AWS, {})
    assert one != other
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,128}", one)
    assert origin_secret(AWS, {names.ORIGIN_SECRET: MASKED}) == MASKED


def test_it_is_replaced_on_request() -> None:
    renewed = origin_secret(AWS, {names.ORIGIN_SECRET: MASKED}, renew=True)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,128}", renewed)
    assert as_request({names.ORIGIN_SECRET: renewed})[0]["ParameterValue"] == renewed
    assert masked({names.ORIGIN_SECRET: renewed}) == {names.ORIGIN_SECRET: MASKED}


@pytest.mark.parametrize("renew", [False, True])
def test_the_change_keeps_or_replaces_the_secret(make_settings: MakeSettings, tmp_path: Path, renew: bool) -> None:
    prepared = Prepared(
        make_settings(), AWS, "{}", Package(b"", "0a"), tmp_path, {}, options=StackOptions(new_origin_secret=renew)
    )
    state = StackState("UPDATE_COMPLETE", parameters={names.ORIGIN_SECRET: MASKED})
    secret = main_change(prepared, {}, state).parameters[names.ORIGIN_SECRET]
    assert (secret == MASKED) is not renew
    assert secret


def test_an_emulator_gets_none() -> None:
    assert origin_secret(EMULATOR, {}) == ""
    assert origin_secret(EMULATOR, {names.ORIGIN_SECRET: MASKED}) == MASKED
    with pytest.raises(UsageError, match="the distribution of an emulator sends no secret"):
        origin_secret(EMULATOR, {}, renew=True)


def test_a_masked_value_is_sent_as_the_previous_value() -> None:
    assert as_request({"A": "1", "B": MASKED}) == [
        {"ParameterKey": "A", "ParameterValue": "1"},
        {"ParameterKey": "B", "UsePreviousValue": True},
    ]


def test_it_is_never_shown() -> None:
    assert masked({names.ORIGIN_SECRET: "secret", "A": "1"}) == {names.ORIGIN_SECRET: MASKED, "A": "1"}
    assert masked({names.ORIGIN_SECRET: ""}) == {names.ORIGIN_SECRET: ""}
