from __future__ import annotations

import json

import pytest

from router.budget import prices
from tests.router.budget_rig import PRICES


def test_units_are_priced_in_whole_nanodollars_rounded_up() -> None:
    table = prices.parse(json.dumps(PRICES))
    assert table.of({}) == 0
    assert table.of({prices.MESSAGE: 3, prices.WRITE: 1}) == 3_625
    assert table.of({prices.LOG_GIGABYTE: 1e-9}) == 1
    assert table.of({prices.MESSAGE: -20}) == -20_000


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "must be a JSON object"),
        ("[]", "must be a JSON object"),
        ("[" * 100_000, "must be a JSON object"),
        (json.dumps({**PRICES, "s3_put": None}), "for s3_put"),
        (json.dumps({**PRICES, "s3_put": -1}), "for s3_put"),
        (json.dumps({**PRICES, "s3_put": True}), "for s3_put"),
        ('{"s3_put": Infinity}', "s3_put"),
        ("{}", "dynamodb_read"),
    ],
)
def test_a_table_without_all_prices_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        prices.parse(text)
