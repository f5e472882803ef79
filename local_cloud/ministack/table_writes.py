"""Every write to a table of the emulator, noted as it is made and settled before its request is answered.

All writes of the emulator go through `_set_item` and `_remove_item`, and all requests through `handle_request`, which
runs from its first line to its last without awaiting anything. So what was noted since the last request is what this
request has written (and what the expiry's thread has deleted).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local_cloud.visits.keeper import Keeper
from local_cloud.visits.rows import Row, is_uncounted
from router.contract import tables

Answer = tuple[int, dict[str, str], bytes | str]

_NO_SORT_KEY = "__no_sort__"
"""The emulator's words."""


def install(keeper: Keeper) -> None:
    """In this process, before it serves."""
    from ministack.services import dynamodb

    set_item, remove_item, handle_request = dynamodb._set_item, dynamodb._remove_item, dynamodb.handle_request  # noqa: SLF001

    def setting(table: Any, partition: Any, sort: Any, item: Row) -> Any:
        before = set_item(table, partition, sort, item)
        _note(keeper, table, item, item)
        return before

    def removing(table: Any, partition: Any, sort: Any) -> Any:
        before = remove_item(table, partition, sort)
        if before is not None:
            _note(keeper, table, before, None)
        return before

    async def handling(*arguments: Any) -> Answer:
        problem = keeper.settle()
        if not problem:
            answer: Answer = await handle_request(*arguments)
            problem = keeper.settle()
        if not problem:
            return answer
        # Not a code for what passes in a moment: each connection would wait for that, and hold up the others. And the
        # router logs what is said with this one.
        refusal: Answer = dynamodb.error_response_json("AccessDeniedException", problem, 400)
        return refusal

    dynamodb._set_item, dynamodb._remove_item, dynamodb.handle_request = setting, removing, handling  # noqa: SLF001


def restore(table_name: str, rows: Iterable[Row]) -> None:
    """Puts the rows into a table, what is counted first: it needs no stream, and a visit that is still uncounted is
    counted as soon as it is there. To be called where requests are handled.

    Through DynamoDB's API, 20,000 rows would be 800 requests, and as many stream records that nobody wants.
    """
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    account, region, table = _found(table_name)
    with request_scope(account, region):
        for row in sorted(rows, key=is_uncounted):
            if is_uncounted(row):
                dynamodb._put_item({"TableName": table_name, "Item": row})  # noqa: SLF001
            else:
                dynamodb._set_item(table, row[tables.ID]["S"], _NO_SORT_KEY, row)  # noqa: SLF001


def rows_of(table_name: str) -> list[Row]:
    """Every row of a table. To be called where requests are handled, so that none is under way."""
    return [item for items in _found(table_name)[2]["items"].values() for item in items.values()]


def _found(table_name: str) -> tuple[str, str, Any]:
    """A table, with its account and its region."""
    from ministack.services import dynamodb

    for (account, region, name), table in dynamodb._tables.all_items():  # noqa: SLF001
        if name == table_name:
            return account, region, table
    raise LookupError(f"no table {table_name}")


def _note(keeper: Keeper, table: Any, item: Row, now: Row | None) -> None:
    key = item.get(table["pk_name"], {}).get("S")
    if isinstance(key, str):
        keeper.note(table["TableName"], key, now)
