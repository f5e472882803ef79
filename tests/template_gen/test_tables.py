"""The tables, their stream and index."""

from __future__ import annotations

import pytest

from template_gen import names
from tests.template_gen.templates import properties


@pytest.mark.parametrize("table", [names.CONNECTION_IDS, names.VISITOR_COUNTS])
def test_tables_are_on_demand_expire_rows_and_can_be_recovered(table: str) -> None:
    made = properties(table)
    assert made["BillingMode"] == "PAY_PER_REQUEST"
    assert made["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert made["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_counts_stream_new_images_and_index_what_is_uncounted() -> None:
    made = properties(names.VISITOR_COUNTS)
    assert made["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    (index,) = made["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "UncountedVisits"
    assert index["KeySchema"] == [{"AttributeName": "uncounted", "KeyType": "HASH"}]
