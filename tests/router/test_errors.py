from __future__ import annotations

from router.errors import RouterError, StoreBusyError, StoreError, StoreRejectedError


def test_the_message_of_a_store_error() -> None:
    error = StoreBusyError("PutItem", "ThrottlingException")
    assert (str(error), error.operation, error.code) == (
        "PutItem: ThrottlingException",
        "PutItem",
        "ThrottlingException",
    )
    assert str(StoreError("Scan", "AccessDeniedException", "not allowed")) == "Scan: AccessDeniedException: not allowed"


def test_store_errors_are_router_errors() -> None:
    assert issubclass(StoreError, RouterError)
    assert issubclass(StoreRejectedError, StoreError)
