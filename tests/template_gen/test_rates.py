"""The rates that the budget pays for."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from deployment.plan import cost
from settings import Settings, validate
from template_gen import capacity, rates
from template_gen.prices import price_of

dollars = st.floats(0.0001, 10_000)
throttles = st.fixed_dictionaries(
    {
        "connects_per_second": st.integers(1, 10_000),
        "connect_burst": st.integers(1, 5_000),
        "messages_per_second": st.integers(1, 10_000),
        "message_burst": st.integers(1, 5_000),
    }
)


def settings_of(amount: float, throttle: dict[str, int] | None = None) -> Settings:
    return validate({"budget": {"dollars_a_month": amount}, "throttle": throttle or {}}, Path("settings.toml"))


@given(st.floats(0.01, 10_000), throttles)
def test_a_month_of_requests_at_full_rate_costs_less_than_the_budget_without_any_code(
    amount: float, throttle: dict[str, int]
) -> None:
    settings = settings_of(amount, throttle)
    of_connects = rates.connects(settings).in_month() * price_of(rates.VISIT)
    of_messages = rates.messages(settings).in_month() * price_of(rates.MESSAGE)
    assert of_connects <= amount * (rates.CONNECT_SHARE + rates.BURST_SHARE)
    assert of_messages <= amount * (rates.MESSAGE_SHARE + rates.BURST_SHARE)
    assert of_connects + of_messages <= amount


@given(dollars, throttles)
def test_a_rate_is_never_higher_than_its_setting(amount: float, throttle: dict[str, int]) -> None:
    settings = settings_of(amount, throttle)
    connects, messages = rates.connects(settings), rates.messages(settings)
    assert 0 < connects.per_second <= throttle["connects_per_second"]
    assert 1 <= connects.burst <= throttle["connect_burst"]
    assert 0 < messages.per_second <= throttle["messages_per_second"]
    assert 1 <= messages.burst <= throttle["message_burst"]


@given(dollars, dollars)
def test_more_dollars_never_let_in_fewer(some: float, more: float) -> None:
    poor, rich = (rates.connects(settings_of(amount)) for amount in sorted((some, more)))
    assert poor.per_second <= rich.per_second
    assert poor.burst <= rich.burst


def test_the_default_budget_lets_a_good_day_in() -> None:
    rate = rates.connects(settings_of(5))
    assert rate.burst == 1000
    assert 150_000 < rate.in_month() < 600_000


def test_a_message_is_priced_with_the_most_frames_that_it_can_have_and_its_answer() -> None:
    """API Gateway takes 128 KB, and bills each 32 KB."""
    assert rates.MESSAGE["websocket_message"] >= 128 / 32 + 1


def test_each_visit_may_send_its_message() -> None:
    settings = settings_of(5)
    assert rates.messages(settings).per_second > rates.connects(settings).per_second * 1.2


def test_a_visit_is_priced_at_least_as_the_estimate_has_it() -> None:
    """The estimate's numbers are measured (`python -m benchmarks.requests`)."""
    visit = {name: rates.VISIT.get(name, 0) + rates.MESSAGE.get(name, 0) for name in rates.VISIT}
    assert visit["dynamodb_write"] >= cost.WRITES
    assert visit["dynamodb_read"] >= cost.READS
    assert visit["lambda_request"] >= cost.INVOCATIONS
    assert visit["websocket_minute"] >= cost.Traffic().minutes


@given(st.one_of(st.just(0.0), dollars), throttles)
def test_the_tables_take_the_largest_burst_in_one_second(amount: float, throttle: dict[str, int]) -> None:
    settings = settings_of(amount, throttle)
    connects, messages = rates.connects(settings), rates.messages(settings)
    at_once = min(rates.ACCOUNT_CONNECTS_A_SECOND, connects.burst + connects.per_second)
    asked = messages.burst + messages.per_second
    most = [made(settings).properties for made in (capacity.of_connections, capacity.of_visits, capacity.of_index)]
    assert all(0 < number <= rates.TABLE_QUOTA for one in most for number in one.values())
    writes = [one["MaxWriteRequestUnits"] for one in most]
    assert writes[0] >= min(rates.TABLE_QUOTA, capacity.CONNECT_WRITES * at_once)
    assert writes[1] >= min(rates.TABLE_QUOTA, capacity.VISIT_WRITES * at_once)
    assert writes[2] >= min(rates.TABLE_QUOTA, capacity.INDEX_WRITES * at_once)
    assert all(one["MaxReadRequestUnits"] >= min(rates.TABLE_QUOTA, 4 * asked) for one in most[:2])
