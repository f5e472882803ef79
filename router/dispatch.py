"""The routing table `ROUTES`: the handler of each event type, and the response to its source when the handler fails."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from router.contract.log_events import EventFailed, UnknownEvent
from router.contract.log_values import Source
from router.dependencies import Dependencies, Invocation
from router.errors import EventFailedError, RouterError
from router.events import Alarm, Connect, Disconnect, Message, Sweep, Tick, Unknown, parse
from router.handlers import accounting, alarm, connection, segment, stream, sweep, tick
from router.parts import Segment
from router.records import StreamBatch
from router.responses import status

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.deadline import Context
    from router.responses import LambdaResponse


def unknown(event: Unknown, invocation: Invocation) -> LambdaResponse:
    """Log the keys of an unknown event and return an error in the format of its source.

    No exception is raised, because a source that retries failed events would send the same event again.
    """
    invocation.log.event(UnknownEvent(event.source, event.keys))
    return status(400) if event.source is Source.WEBSOCKET else {"error": "unknown event"}


def refuse(_kind: str, _error: Exception) -> LambdaResponse:
    """Return status 500: API Gateway rejects the connection or drops the message, and the page retries."""
    return status(500)


def fail(kind: str, error: Exception) -> LambdaResponse:
    """Raise EventFailedError, so that Lambda retries the event and counts an error.

    Lambda writes the error message to the log, so it contains no visitor data.
    """
    raise EventFailedError(f"{kind}: {error if isinstance(error, RouterError) else type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class Route:
    """The handler of an event type. `failed` returns the response, or raises, when the handler raises an exception."""

    handle: Callable[[Any, Invocation], LambdaResponse]
    failed: Callable[[str, Exception], LambdaResponse]


ROUTES: dict[type, Route] = {
    Connect: Route(connection.connect, refuse),
    Disconnect: Route(connection.disconnect, refuse),
    Message: Route(connection.message, refuse),
    StreamBatch: Route(stream.batch, fail),
    Sweep: Route(sweep.sweep, fail),
    Tick: Route(tick.tick, fail),
    Alarm: Route(alarm.alarm, fail),
    Segment: Route(segment.segment, fail),
    Unknown: Route(unknown, fail),
}


def dispatch(raw: object, context: Context, dependencies: Dependencies) -> LambdaResponse:
    """Parse the event, call its handler and return the response. Raises EventFailedError when Lambda should retry."""
    event = parse(raw)
    kind = type(event).__name__
    route = ROUTES[type(event)]
    invocation = Invocation.of(dependencies, context)
    started = accounting.begin(event, invocation)
    try:
        return route.handle(event, invocation)
    except Exception as error:  # noqa: BLE001 - the outermost boundary: every error is logged and answered
        invocation.log.failure(partial(EventFailed, event=kind), error)
        return route.failed(kind, error)
    finally:
        accounting.end(event, started, invocation)
