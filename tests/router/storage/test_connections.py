from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router import items
from router.items import Connection
from tests.router.fake_dynamodb import CONNECTIONS, FakeDynamoDB
from tests.router.rig import NOW, store_over

if TYPE_CHECKING:
    from router.storage.store import Store


def test_a_connection_is_stored_and_deleted(store: Store) -> None:
    odd = "Cc1lwfT9FiACE+w/7A="
    store.connections.add(odd, NOW)
    store.connections.add("other", NOW - 5)
    store.connections.add(odd, NOW)
    found = sorted((one for page in store.connections.pages() for one in page), key=lambda one: one.id)
    assert found == [Connection(odd, NOW), Connection("other", NOW - 5)]
    store.connections.delete(odd)
    store.connections.delete(odd)
    assert [one.id for page in store.connections.pages() for one in page] == ["other"]


def test_expired_connections(store: Store) -> None:
    store.connections.add("old", NOW - items.CONNECTION_LIFE_SECONDS - 1)
    store.connections.add("just", NOW - items.CONNECTION_LIFE_SECONDS)
    assert [one for page in store.connections.expired_pages(NOW) for one in page] == ["old"]
    store.connections.delete_all(["old", "never seen"])
    assert [one for page in store.connections.expired_pages(NOW) for one in page] == []


def test_connections_are_deleted_25_per_request(store: Store) -> None:
    ids = [f"connection-{number}" for number in range(60)]
    for id_ in ids:
        store.connections.add(id_, NOW)
    store.connections.delete_all(ids[:51])
    assert sorted(one.id for page in store.connections.pages() for one in page) == sorted(ids[51:])
    store.connections.delete_all([])


def test_a_request_deletes_up_to_25_connections() -> None:
    table = FakeDynamoDB()
    store_over(table).connections.delete_all([str(number) for number in range(51)])
    assert table.calls == ["BatchWriteItem"] * 3


def test_the_scan_for_a_broadcast_is_consistent() -> None:
    class Recording(FakeDynamoDB):
        def scan(self, **request: Any) -> dict[str, Any]:
            assert request["ConsistentRead"] is True
            return super().scan(**request)

    table = Recording()
    table.rows[CONNECTIONS]["odd"] = {"connectionId": {"S": "odd"}}
    assert list(store_over(table).connections.pages()) == [[Connection("odd", 0)]]


def test_somebody_is_left_though_the_first_page_of_the_scan_is_empty() -> None:
    class Sparse(FakeDynamoDB):
        def scan(self, **request: Any) -> dict[str, Any]:
            if "ExclusiveStartKey" in request:
                return super().scan(**request)
            return {"Items": [], "LastEvaluatedKey": {"connectionId": {"S": "a"}}}

    connections = store_over(Sparse()).connections
    assert not connections.is_anybody_left()
    connections.add("b", NOW)
    assert connections.is_anybody_left()
