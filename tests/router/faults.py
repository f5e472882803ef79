"""A client with injected faults: errors before or after a request is applied, and a killed process."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

from tests.router.fake_dynamodb import client_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Killed(BaseException):
    """The end of the process. It is not an Exception, so that no handler catches it."""


class Fault(Enum):
    """A fault of one request."""

    NONE = "none"
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    CONFLICT = "conflict"
    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    MEANWHILE = "something else happens first"


class FaultyClient:
    """A client with faults.

    faults: one for each request; further requests succeed
    meanwhile: called before a request with Fault.MEANWHILE, to act as a concurrent handler
    """

    def __init__(self, client: Any, faults: Iterable[Fault] = (), meanwhile: Callable[[], None] = lambda: None) -> None:
        self._client = client
        self._meanwhile = meanwhile
        self.faults = deque(faults)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        request = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            fault = self.faults.popleft() if self.faults else Fault.NONE
            if fault is Fault.MEANWHILE:
                self._meanwhile()
            _before(fault, name, parameters)
            answer = request(**parameters)
            _after(fault)
            return answer

        return call


def _before(fault: Fault, name: str, parameters: dict[str, Any]) -> None:
    match fault:
        case Fault.THROTTLED:
            raise client_error(name, "ThrottlingException")
        case Fault.SERVER_ERROR:
            raise client_error(name, "InternalServerError", 500)
        case Fault.CONFLICT if name == "transact_write_items":
            others = [{"Code": "None"}] * (len(parameters["TransactItems"]) - 1)
            reasons = [{"Code": "TransactionConflict"}, *others]
            raise client_error(name, "TransactionCanceledException", CancellationReasons=reasons)
        case Fault.LOST_REQUEST:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        case Fault.KILLED_BEFORE:
            raise Killed
        case _:
            return


def _after(fault: Fault) -> None:
    match fault:
        case Fault.LOST_ANSWER:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        case Fault.KILLED_AFTER:
            raise Killed
        case _:
            return
