"""The responses of the function."""

from __future__ import annotations

from typing import Any

LambdaResponse = dict[str, Any]
"""A response as Lambda serialises it: of API Gateway, of an event source mapping, or the result of a sweep."""


def status(code: int) -> LambdaResponse:
    """Return a response to API Gateway with an HTTP status code."""
    return {"statusCode": code}
