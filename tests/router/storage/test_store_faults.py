"""The store with faults, odd items and concurrent handlers, over the fake only."""

from __future__ import annotations

from typing import Any

import pytest

from router.contract import tables
from router.errors import StoreBusyError, StoreError
from router.items import ForReply, Numbers, Sender, Totals, Visit
from router.storage.transaction import Attempt
from tests.router.fake_dynamodb import VISITS, FakeDynamoDB, client_error
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, store_over

LIFE = 3600
DAY = "2026-11-29"


def test_concurrent_first_visits_agree_on_the_salt() -> None:
    table = FakeDynamoDB()

    class Behind(FaultyClient):
        """Another handler writes between the read and the write of this one."""

        def put_item(self, **request: Any) -> Any:
            store_over(table).daily_salt(DAY, b"other" * 6, NOW)
            return table.put_item(**request)

    assert store_over(Behind(table)).daily_salt(DAY, b"mine" * 8, NOW) == b"other" * 6


@pytest.mark.parametrize("odd", [{}, {"salt": {"S": "text"}}, {"salt": {"N": "7"}}, {"salt": {"S": ""}}])
def test_an_item_without_a_salt_is_an_error(odd: dict[str, Any]) -> None:
    table = FakeDynamoDB()
    table.rows[VISITS][f"salt#{DAY}"] = {"id": {"S": f"salt#{DAY}"}, **odd}
    with pytest.raises(StoreError) as raised:
        store_over(table).daily_salt(DAY, b"mine", NOW)
    assert str(raised.value) == "BatchGetItem: salt: the item of today's salt has no valid salt: delete the item"
    assert table.calls == ["BatchGetItem"]


def test_a_salt_that_is_deleted_before_it_is_read() -> None:
    class Forgetful(FakeDynamoDB):
        def put_item(self, **_: Any) -> dict[str, Any]:
            raise client_error("PutItem", "ConditionalCheckFailedException")

    with pytest.raises(StoreError, match="no valid salt"):
        store_over(Forgetful()).daily_salt(DAY, b"mine", NOW)


@pytest.mark.parametrize("code", ["TransactionConflictException", "ThrottlingException"])
def test_whether_a_visit_in_a_transaction_is_known_must_be_asked_again(code: str) -> None:
    """The transaction may be the one of `count_directly`, and may yet be cancelled."""

    class Conflicting(FakeDynamoDB):
        def put_item(self, **_: Any) -> dict[str, Any]:
            raise client_error("PutItem", code)

    with pytest.raises(StoreBusyError, match=f"PutItem: {code}"):
        store_over(Conflicting()).record_visit("one", NOW, LIFE)


def test_items_without_their_attributes() -> None:
    table = FakeDynamoDB()
    for key, more in (("visit#odd", {"uncounted": {"S": "odd"}}), (f"day#{DAY}", {}), ("visitorCount", {})):
        table.rows[VISITS][key] = {"id": {"S": key}, **more}
    store = store_over(table)
    assert {visit for page in store.uncounted_pages() for visit in page} == {Visit("odd", None)}
    assert store.read_for_reply("x") == ForReply(Sender(), Numbers(0, {}), None)
    assert store.numbers("blog") == Numbers(0, {})
    assert store.days.history(NOW) == {}
    assert (store.broadcasts.totals().count, store.files.backup()[0].count) == (0, 0)
    assert store.count([Visit("odd", None), Visit("absent", None)], NOW).repeated == {Visit("absent", None)}


def test_every_read_is_consistent() -> None:
    consistent: list[bool] = []

    class Recording(FakeDynamoDB):
        def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
            consistent.append(RequestItems[VISITS]["ConsistentRead"])
            return super().batch_get_item(RequestItems=RequestItems)

    store = store_over(Recording())
    store.read_for_reply("x")
    store.broadcasts.totals()
    store.days.history(NOW)
    assert consistent == [True] * 14, "the history ends after ten reads without a visit, between two of the count"


def test_a_counter_that_cannot_be_incremented_is_an_error() -> None:
    with pytest.raises(StoreBusyError, match="UpdateItem"):
        store_over(FaultyClient(FakeDynamoDB(), [Fault.THROTTLED])).take("limit#a", 1, NOW)


def test_a_page_of_the_index_whose_rows_are_gone() -> None:
    table = FakeDynamoDB()
    store = store_over(table)
    store.record_visit("one", NOW, LIFE)
    table.rows[VISITS]["odd"] = {"id": {"S": "odd"}, "uncounted": {"S": "odd"}}
    assert {visit for page in store.uncounted_pages() for visit in page} == {Visit("one", NOW)}


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.LOST_REQUEST, Fault.CONFLICT])
def test_a_direct_count_that_fails_is_busy_and_says_no_more(fault: Fault) -> None:
    table = FakeDynamoDB()
    store = store_over(FaultyClient(table, [fault]))
    one = [Visit("one", NOW)]
    assert store.count_directly(one, NOW, LIFE) == Attempt(applied=False, busy=True)
    assert table.rows[VISITS] == {}
    assert store.count_directly(one, NOW, LIFE) == Attempt(applied=True)


def test_a_direct_count_never_fails() -> None:
    class Failing(FakeDynamoDB):
        def transact_write_items(self, **_: Any) -> dict[str, Any]:
            raise client_error("TransactWriteItems", "AccessDeniedException")

    assert store_over(Failing()).count_directly([Visit("one", NOW)], NOW, LIFE) == Attempt(applied=False, busy=True)


def test_a_count_that_is_no_number_leaves_the_visit_to_the_stream() -> None:
    table = FakeDynamoDB()
    table.rows[VISITS]["visitorCount"] = {"id": {"S": "visitorCount"}, "currentCount": {"S": "mended by hand"}}
    store = store_over(table)
    assert store.count_directly([Visit("one", NOW)], NOW, LIFE) == Attempt(applied=False, busy=True)
    assert store.record_visit("one", NOW, LIFE)


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.LOST_REQUEST, Fault.CONFLICT])
def test_a_conflicting_transaction_is_busy(fault: Fault) -> None:
    table = FakeDynamoDB()
    store = store_over(FaultyClient(table, [Fault.NONE, fault]))
    store.record_visit("one", NOW, LIFE)
    assert store.count([Visit("one", NOW)], NOW) == Attempt(applied=False, busy=True)
    assert store.count([Visit("one", NOW)], NOW) == Attempt(applied=True)


def test_a_transaction_whose_answer_was_lost_is_found_counted() -> None:
    store = store_over(FaultyClient(FakeDynamoDB(), [Fault.NONE, Fault.LOST_ANSWER]))
    store.record_visit("one", NOW, LIFE)
    one = Visit("one", NOW)
    assert store.count([one], NOW) == Attempt(applied=False, busy=True)
    assert store.count([one], NOW) == Attempt(applied=False, repeated=frozenset({one}))
    assert store.broadcasts.totals().count == 1


def test_unprocessed_keys_are_retried_a_limited_number_of_times() -> None:
    class Reluctant(FakeDynamoDB):
        reluctance = 2

        def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
            if self.reluctance > 0:
                self.reluctance -= 1
                return {"Responses": {}, "UnprocessedKeys": RequestItems}
            return super().batch_get_item(RequestItems=RequestItems)

    table = Reluctant()
    store = store_over(table)
    assert store.broadcasts.totals().count == 0
    table.reluctance = 100
    with pytest.raises(StoreBusyError) as raised:
        store.broadcasts.totals()
    assert str(raised.value) == "BatchGetItem: UnprocessedKeys"
    assert table.reluctance == 95


def test_items_of_partial_responses_are_combined() -> None:
    class Partial(FakeDynamoDB):
        def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
            first, *rest = RequestItems[VISITS]["Keys"]
            answer = super().batch_get_item(RequestItems={VISITS: {**RequestItems[VISITS], "Keys": [first]}})
            return {**answer, "UnprocessedKeys": {VISITS: {**RequestItems[VISITS], "Keys": rest}} if rest else {}}

    store = store_over(Partial())
    store.broadcasts.record(5, 0, 0, Totals(7, 5, 0))
    store.client.transact_write_items(
        TransactItems=[tables.addition(VISITS, tables.VISITOR_COUNT, tables.CURRENT_COUNT, 9)]
    )
    assert store.broadcasts.totals() == Totals(count=9, online=5, announced=7)
