"""What can go wrong, as a tree. Messages name settings, operations and AWS's codes, never a visitor's values.

RouterError
├── BucketError             S3 refused a file, or could not be reached
├── ConfigurationError      the environment is incomplete or invalid
├── EventFailedError        a batch or a sweep failed: raised to Lambda, which retries it and counts an error
├── ExchangeError           an HTTP request got no answer, or not a valid one: it may or may not have been carried out
└── StoreError              DynamoDB refused a request, or could not be reached
    ├── StoreBusyError      throttled, in conflict or away: the same request may pass in a moment
    └── StoreRejectedError  the request is invalid: the same request will never pass
"""

from __future__ import annotations


class RouterError(Exception):
    """The root: its text is safe to log."""


class BucketError(RouterError):
    pass


class ConfigurationError(RouterError):
    pass


class EventFailedError(RouterError):
    pass


class ExchangeError(RouterError):
    """Its text is what went wrong, in our words or as the name of the system's exception."""


class StoreError(RouterError):
    """operation: the DynamoDB operation, for instance ``PutItem``. code: AWS's error code, or the exception's name."""

    def __init__(self, operation: str, code: str, detail: str = "") -> None:
        super().__init__(f"{operation}: {code}" + (f": {detail}" if detail else ""))
        self.operation = operation
        self.code = code


class StoreBusyError(StoreError):
    pass


class StoreRejectedError(StoreError):
    pass
