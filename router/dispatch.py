"""Who handles which event, and how each source is told of a failure: both in one table, `ROUTES`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from router.contract.log_events import EventFailed, Source, UnknownEvent
from router.dependencies import Dependencies, Invocation
from router.errors import EventFailedError, RouterError
from router.events import Connect, Disconnect, Message, StreamBatch, Sweep, Unknown, parse
from router.handlers import connection, stream, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.deadline import Context

LambdaResponse = dict[str, Any]


def unknown(event: Unknown, invocation: Invocation) -> LambdaResponse:
    """Logged by its keys, and answered in the way its source understands. Not raised: a source that tries a failed
    event again would bring the same one."""
    invocation.log.event(UnknownEvent(event.source, event.keys))
    return {"statusCode": 400} if event.source is Source.WEBSOCKET else {"error": "unknown event"}


def refuse(_kind: str, _error: Exception) -> LambdaResponse:
    """API Gateway closes the connection that is opening, or drops the message; the page tries again."""
    return {"statusCode": 500}


def fail(kind: str, error: Exception) -> LambdaResponse:
    """Raised to Lambda, which delivers the event again and counts an error; in words that hold no visitor's values,
    since Lambda writes them to the log."""
    raise EventFailedError(f"{kind}: {error if isinstance(error, RouterError) else type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class Route:
    handle: Callable[[Any, Invocation], LambdaResponse]
    failed: Callable[[str, Exception], LambdaResponse]


ROUTES: dict[type, Route] = {
    Connect: Route(connection.connect, refuse),
    Disconnect: Route(connection.disconnect, refuse),
    Message: Route(connection.message, refuse),
    StreamBatch: Route(stream.batch, fail),
    Sweep: Route(sweep.sweep, fail),
    Unknown: Route(unknown, fail),
}


def dispatch(raw: object, context: Context, dependencies: Dependencies) -> LambdaResponse:
    event = parse(raw)
    kind = type(event).__name__
    route = ROUTES[type(event)]
    invocation = Invocation.of(dependencies, context)
    try:
        return route.handle(event, invocation)
    except Exception as error:  # noqa: BLE001 - the outermost boundary: whatever it is, it is logged and answered
        invocation.log.failure(partial(EventFailed, event=kind), error)
        return route.failed(kind, error)
