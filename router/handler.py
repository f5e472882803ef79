"""The entry point of the Lambda function: its handler is ``router.handler.handle``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from router import dependencies
from router.dispatch import dispatch

if TYPE_CHECKING:
    from router.deadline import Context
    from router.responses import LambdaResponse


def handle(event: object, context: Context) -> LambdaResponse:
    """Handle one event and return the response. Raises EventFailedError when Lambda should retry the event."""
    return dispatch(event, context, _environment())


@functools.cache
def _environment() -> dependencies.Dependencies:
    """Return the dependencies of the execution environment, so that invocations share clients and connections."""
    return dependencies.real()
