"""Lambda's entry point: the function's handler is ``router.handler.handle``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from router import dependencies
from router.dispatch import dispatch

if TYPE_CHECKING:
    from router.deadline import Context


def handle(event: object, context: Context) -> dict[str, Any]:
    return dispatch(event, context, _environment())


@functools.cache
def _environment() -> dependencies.Dependencies:
    """One per execution environment: clients and their connections are kept from event to event."""
    return dependencies.real()
