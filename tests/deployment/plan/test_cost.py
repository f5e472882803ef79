"""The cost estimate: a dated table with sources, never below zero, and monotonic in the traffic."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deployment.plan.cost import SECONDS, TABLE, Traffic, cost_lines, estimate, traffic
from errors import UsageError
from template_gen.stack import generate, to_json
from tests.deployment.conftest import MakeSettings

visits = st.integers(0, 10_000_000)
minutes = st.floats(0, 60)


def test_the_table_has_a_date_and_a_source_for_every_price() -> None:
    table = json.loads(TABLE.read_text())
    date.fromisoformat(table["as_of"])
    for price in table["prices"].values():
        assert price.keys() == {"price", "free", "unit", "source"}
        assert price["source"].startswith("https://aws.amazon.com/")
        assert price["price"] > 0
        assert price["free"] >= 0


def test_every_position_has_a_price_and_every_price_a_position(make_settings: MakeSettings) -> None:
    domain = {"name": "example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"}
    everything = make_settings(domain=domain, alerts={"email": "me@example.com"})
    used = {position.name for position in estimate(everything, Traffic()).positions}
    assert used == json.loads(TABLE.read_text())["prices"].keys()


def test_a_small_site_costs_cents(make_settings: MakeSettings) -> None:
    cost = estimate(make_settings(), Traffic())
    assert 0 < cost.dollars < 0.10
    [line] = cost_lines(cost)
    assert line.startswith("cost: about $0.0")
    assert "1,000 visits of 3 min" in line
    assert cost.as_of in line


def test_the_detailed_form_lists_every_position_and_its_free_tier(make_settings: MakeSettings) -> None:
    cost = estimate(make_settings(), Traffic())
    lines = cost_lines(cost, detailed=True)
    assert len(lines) == len(cost.positions) + 2
    assert any("lambda_request" in line and "1,000,000 free" in line for line in lines)


@given(visits, visits, minutes)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_more_visits_never_cost_less(make_settings: MakeSettings, some: int, more: int, long: float) -> None:
    some, more = sorted((some, more))
    cheap, dear = (estimate(make_settings(), Traffic(number, long)).dollars for number in (some, more))
    assert 0 < cheap <= dear


@pytest.mark.parametrize(("number", "long"), [(-1, 3), (1, -1), (1, 50_000), (1, float("nan"))])
def test_traffic_out_of_range_is_an_error(number: int, long: float) -> None:
    with pytest.raises(UsageError, match="--visits"):
        traffic(number, long)


def test_the_estimate_covers_the_resources_of_the_template(make_settings: MakeSettings) -> None:
    settings = make_settings(alerts={"email": "me@example.com"})
    resources = json.loads(to_json(generate(settings)))["Resources"].values()
    used = {position.name: position.used for position in estimate(settings, Traffic(0, 0)).positions}
    assert used["alarm"] == sum(one["Type"] == "AWS::CloudWatch::Alarm" for one in resources)
    rules = [one["Properties"]["ScheduleExpression"] for one in resources if one["Type"] == "AWS::Events::Rule"]
    minutes = [int(rule.removeprefix("rate(").partition(" ")[0]) for rule in rules]
    assert used["lambda_request"] == sum(30 * 24 * 60 / one for one in minutes)
    (function,) = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Function"]
    assert used["lambda_gigabyte_second"] == used["lambda_request"] * SECONDS * function["MemorySize"] / 1024
