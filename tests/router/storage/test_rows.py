from __future__ import annotations

from typing import Any, cast

import pytest

from router.errors import StoreBusyError
from router.storage.rows import number, scan
from tests.router.fake_dynamodb import CONNECTIONS, FakeDynamoDB
from tests.router.faults import Fault, FaultyClient

REQUEST = {"TableName": CONNECTIONS, "ProjectionExpression": "connectionId"}


def filled(rows: int) -> Any:
    table = FakeDynamoDB(page=2)
    for index in range(rows):
        table.put_item(TableName=CONNECTIONS, Item={"connectionId": {"S": str(index)}})
    return table


@pytest.mark.parametrize(("rows", "pages"), [(0, [[]]), (2, [["0", "1"]]), (5, [["0", "1"], ["2", "3"], ["4"]])])
def test_a_scan_yields_all_pages(rows: int, pages: list[list[str]]) -> None:
    request = {**REQUEST}
    found = [[row["connectionId"]["S"] for row in page] for page in scan(filled(rows), request)]
    assert found == pages
    assert request == REQUEST


def test_a_scan_that_fails_later() -> None:
    pages = scan(cast("Any", FaultyClient(filled(5), [Fault.NONE, Fault.THROTTLED])), REQUEST)
    assert len(next(pages)) == 2
    with pytest.raises(StoreBusyError, match="Scan: ThrottlingException"):
        next(pages)


def test_number_attributes() -> None:
    assert number({"count": {"N": "12"}}, "count") == 12
    assert number({}, "count") is None
    assert number({"count": {"S": "12"}}, "count") is None
