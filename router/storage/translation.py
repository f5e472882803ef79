"""The translation of DynamoDB errors into StoreError."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from router.errors import StoreBusyError, StoreError, StoreRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.exceptions import ClientError

_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
# Their messages name a role, an action and a table, which help the owner, and contain no visitor data.
_EXPLAINED = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_SERVER_ERROR = 500


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Translate errors of DynamoDB and of its client, raised in the block, into StoreError."""
    try:
        yield
    except Exception as error:
        store_error = _translate(operation, error)
        if store_error is None:
            raise
        raise store_error from error


def _translate(operation: str, error: Exception) -> StoreError | None:
    """Return the StoreError, None for an error of another origin."""
    # Imported here, because only errors need botocore: a cold start does not load it.
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    if isinstance(error, ClientError):
        return _translate_refusal(operation, error)
    if isinstance(error, HTTPClientError):  # a timeout, a reset, no connection: the request may have been applied
        return StoreBusyError(operation, type(error).__name__)
    return StoreError(operation, type(error).__name__) if isinstance(error, BotoCoreError) else None


def _translate_refusal(operation: str, error: ClientError) -> StoreError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    detail = error.response.get("Error", {}).get("Message", "") if code in _EXPLAINED else ""
    busy = code in _BUSY or status >= _SERVER_ERROR
    kind = StoreBusyError if busy else StoreRejectedError if code == "ValidationException" else StoreError
    return kind(operation, code, detail)


def false_if_condition_failed(error: StoreError) -> bool:
    """Return False if the error is a failed condition. Raises any other error."""
    if error.code == "ConditionalCheckFailedException":
        return False
    raise error


def cancellation_reasons(error: BaseException | None) -> list[str]:
    """Return the codes of the CancellationReasons of a ClientError.

    Only this exception has them, so they are not part of the type of its response.
    """
    response: dict[str, Any] = getattr(error, "response", {})
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]
