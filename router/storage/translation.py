"""DynamoDB's errors as the StoreError tree."""

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
# Their texts name a role, an action and a table, which is what the owner needs and nothing of a visitor.
_EXPLAINED = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_SERVER_ERROR = 500


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raises what leaves the block as a StoreError, where it is DynamoDB's or its client's."""
    try:
        yield
    except Exception as error:
        ours = _translate(operation, error)
        if ours is None:
            raise
        raise ours from error


def _translate(operation: str, error: Exception) -> StoreError | None:
    """None for what is not DynamoDB's or its client's."""
    # Here, because as long as all goes well nothing of botocore is needed, and a cold start is spared it.
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    if isinstance(error, ClientError):
        return _translate_refusal(operation, error)
    if isinstance(error, HTTPClientError):  # timeouts, resets, no connection: the request may have been applied or not
        return StoreBusyError(operation, type(error).__name__)
    return StoreError(operation, type(error).__name__) if isinstance(error, BotoCoreError) else None


def _translate_refusal(operation: str, error: ClientError) -> StoreError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    detail = error.response.get("Error", {}).get("Message", "") if code in _EXPLAINED else ""
    busy = code in _BUSY or status >= _SERVER_ERROR
    kind = StoreBusyError if busy else StoreRejectedError if code == "ValidationException" else StoreError
    return kind(operation, code, detail)


def false_if_refused(error: StoreError) -> bool:
    """False for a condition that did not hold; any other error is raised on."""
    if error.code == "ConditionalCheckFailedException":
        return False
    raise error


def reasons(refusal: BaseException | None) -> list[str]:
    """Of a ClientError. Modelled for this one exception only, so the type of its response does not know them."""
    response: dict[str, Any] = getattr(refusal, "response", {})
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]
