"""The plan is refused where AWS does not have it, before anything is deployed."""

from __future__ import annotations

import pytest

from deployment.cdn.plan_region import require_plan_region
from errors import SettingsError
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeTarget


def test_another_region_is_refused_with_the_way_out(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError, match="only possible in us-east-1") as caught:
        require_plan_region(make_settings(cdn={"plan": "free"}), FakeTarget("eu-central-1"))
    assert 'stack.region = "us-east-1"' in str(caught.value)


@pytest.mark.parametrize(("plan", "region"), [("free", "us-east-1"), ("pay-as-you-go", "eu-central-1")])
def test_where_it_is_possible_or_not_asked_for_nothing_is_said(
    make_settings: MakeSettings, plan: str, region: str
) -> None:
    require_plan_region(make_settings(cdn={"plan": plan}), FakeTarget(region))
