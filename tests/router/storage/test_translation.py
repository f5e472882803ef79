from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError

from router.errors import StoreBusyError, StoreError, StoreRejectedError
from router.items import Badge, Totals, Visit
from router.storage.translation import cancellation_reasons, false_if_condition_failed, translated
from tests.router.fake_dynamodb import client_error
from tests.router.rig import NOW, store_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.storage.store import Store


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (client_error("PutItem", "ThrottlingException"), StoreBusyError, "PutItem: ThrottlingException"),
        (client_error("PutItem", "Whatever", 503), StoreBusyError, "PutItem: Whatever"),
        (client_error("PutItem", "ValidationException"), StoreRejectedError, "PutItem: ValidationException"),
        (client_error("PutItem", "UnrecognizedClientException"), StoreError, "PutItem: UnrecognizedClientException"),
        (NoCredentialsError(), StoreError, "PutItem: NoCredentialsError"),
    ],
)
def test_errors_are_translated_without_a_visitors_values(error: Exception, kind: type, text: str) -> None:
    class Failing:
        def put_item(self, **_: Any) -> None:
            raise error

    with pytest.raises(StoreError) as raised:
        store_over(Failing()).connections.add("connection", NOW)
    assert type(raised.value) is kind
    assert str(raised.value) == text
    assert raised.value.__cause__ is error


def test_a_missing_permission_is_explained() -> None:
    class Failing:
        def put_item(self, **_: Any) -> None:
            raise client_error("PutItem", "AccessDeniedException")

    with pytest.raises(StoreError, match="AccessDeniedException: AccessDeniedException for"):
        store_over(Failing()).record_visit("one", NOW, 3600)


OPERATIONS: dict[str, Callable[[Store], Any]] = {
    "BatchGetItem": lambda store: store.broadcasts.totals(),
    "BatchWriteItem": lambda store: store.connections.delete_all(["a"]),
    "DeleteItem": lambda store: store.connections.delete("a"),
    "PutItem": lambda store: store.record_visit("a", NOW, 3600),
    "PutItem of a connection": lambda store: store.connections.add("a", NOW),
    "Scan": lambda store: list(store.connections.pages()),
    "TransactWriteItems": lambda store: store.count([Visit("a", NOW)], NOW),
    "UpdateItem by take": lambda store: store.take("limit#a", 1, NOW),
    "UpdateItem by assign_table_id": lambda store: store.files.assign_table_id("a"),
    "UpdateItem by record_backup": lambda store: store.files.record_backup(NOW),
    "UpdateItem by record_badge": lambda store: store.broadcasts.record_badge(Badge("0a", NOW)),
    "UpdateItem by record_broadcast": lambda store: store.broadcasts.record(1, 0, 0, Totals(1, 1, 0)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_error_names_its_operation(name: str) -> None:
    class Failing:
        def __getattr__(self, method: str) -> Any:
            def fail(**_: Any) -> Any:
                raise client_error(method, "Odd")

            return fail

    with pytest.raises(StoreError) as raised:
        OPERATIONS[name](store_over(Failing()))
    assert str(raised.value) == f"{name.partition(' ')[0]}: Odd"


def test_a_lost_response_is_busy() -> None:
    with pytest.raises(StoreBusyError) as raised, translated("Scan"):
        raise ReadTimeoutError(endpoint_url="https://dynamodb")
    assert str(raised.value) == "Scan: ReadTimeoutError"


def test_errors_of_another_origin_are_not_translated() -> None:
    with pytest.raises(LookupError), translated("PutItem"):
        raise LookupError


BUSY = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
]


@pytest.mark.parametrize("code", BUSY)
def test_retryable_codes_are_busy(code: str) -> None:
    with pytest.raises(StoreBusyError) as raised, translated("PutItem"):
        raise client_error("PutItem", code)
    assert (raised.value.operation, raised.value.code) == ("PutItem", code)


@pytest.mark.parametrize(("status", "kind"), [(499, StoreError), (500, StoreBusyError)])
def test_server_errors_are_busy(status: int, kind: type) -> None:
    with pytest.raises(StoreError) as raised, translated("Scan"):
        raise client_error("Scan", "Odd", status)
    assert type(raised.value) is kind


def test_an_error_response_without_details() -> None:
    with pytest.raises(StoreError) as raised, translated("Scan"):
        raise ClientError({}, "Scan")
    assert (type(raised.value), str(raised.value)) == (StoreError, "Scan: ")


def test_only_these_messages_are_included() -> None:
    for code in ("AccessDeniedException", "ResourceNotFoundException"):
        with pytest.raises(StoreError, match=f"{code}: {code} for"), translated("Scan"):
            raise client_error("Scan", code)
    no_message = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Scan")
    with pytest.raises(StoreError) as raised, translated("Scan"):
        raise no_message
    assert str(raised.value) == "Scan: AccessDeniedException"


def test_a_failed_condition_is_false_and_any_other_error_is_raised() -> None:
    assert false_if_condition_failed(StoreError("PutItem", "ConditionalCheckFailedException")) is False
    other = StoreError("PutItem", "Odd")
    with pytest.raises(StoreError) as raised:
        false_if_condition_failed(other)
    assert raised.value is other


def test_cancellation_reasons() -> None:
    reasons = [{"Code": "None"}, {}, {"Code": "ValidationError"}]
    error = client_error("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons)
    assert cancellation_reasons(error) == ["None", "None", "ValidationError"]
    assert cancellation_reasons(client_error("TransactWriteItems", "Odd")) == []
    assert cancellation_reasons(None) == []
