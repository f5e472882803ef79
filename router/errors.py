"""The router's exceptions. Messages name settings, operations and AWS error codes, and contain no visitor data.

RouterError
├── BucketError             S3 rejected a file or could not be reached
├── ConfigurationError      the environment is incomplete or invalid
├── EventFailedError        a batch or a sweep failed: propagated to Lambda, which retries it and counts an error
├── ExchangeError           an HTTP request got no valid response: it may or may not have been processed
├── FunctionError           Lambda did not accept an event, or could not be reached
└── StoreError              DynamoDB rejected a request or could not be reached
    ├── StoreBusyError      throttled, in conflict or unavailable: the request can be retried
    └── StoreRejectedError  the request is invalid: a retry will fail as well
"""

from __future__ import annotations


class RouterError(Exception):
    """The base class. Its message is safe to log."""


class BucketError(RouterError):
    """An S3 request failed."""


class ConfigurationError(RouterError):
    """The environment of the function is incomplete or invalid."""


class EventFailedError(RouterError):
    """An event failed and Lambda should retry it."""


class ExchangeError(RouterError):
    """An HTTP request failed. The message is a short reason or the name of the underlying exception."""


class FunctionError(RouterError):
    """An asynchronous invocation failed."""


class StoreError(RouterError):
    """A DynamoDB request failed.

    operation: the DynamoDB operation, for example ``PutItem``
    code: the AWS error code, or the name of the exception
    """

    def __init__(self, operation: str, code: str, detail: str = "") -> None:
        super().__init__(f"{operation}: {code}" + (f": {detail}" if detail else ""))
        self.operation = operation
        self.code = code


class StoreBusyError(StoreError):
    """A DynamoDB request failed and can be retried."""


class StoreRejectedError(StoreError):
    """DynamoDB rejected a request as invalid."""
