"""An HTTP/1.1 client that sends many concurrent requests to one origin over keep-alive connections, in one thread.

Existing clients cost more: urllib3, part of the Lambda runtime, took 1 ms of CPU per signed post and needs a thread per
request in flight; asyncio streams took 0.15 ms and 45 ms to import. This client takes 0.06 ms (`benchmarks/README.md`).

`run` reads requests from a source and passes each response to the callback of its request:

    while the source returns a request  →  use an idle connection, or open one, or keep the request pending
    wait for network events             →  advance the ready connections, deliver complete responses
    close connections whose request has timed out

A connection is opened only if no open connection is ready. If the CPU is the bottleneck, few are opened, since each
needs a TLS handshake; if the network latency is the bottleneck, as many as allowed are opened. How many those are, the
caller may derive from the latency: the mean time of the last requests that did not open their connections.

A server can close an idle connection while a request is in flight. A request on a reused connection that receives no
part of a response is therefore retried once on a new connection. This is safe because all requests of the router are
idempotent: messages with the count, conditional writes, writes with a token, and writes of constant values.
"""

from __future__ import annotations

import selectors
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from router.aws.http_socket import HttpSocket, State
from router.errors import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.aws.endpoint import Endpoint
    from router.aws.http_response import Response

_MAX_IDLE_SECONDS = 45  # AWS closes idle connections after a minute or more; a frozen function does not notice it
_MIN_LATENCY_SECONDS = 0.000_1
_MEASURED_TOGETHER = 32
_UNVERIFIED = "SSLCertVerificationError"
_EVENTS = {True: selectors.EVENT_WRITE, False: selectors.EVENT_READ}


@dataclass(slots=True)
class Request:
    """An HTTP request.

    data: the head and the body as sent
    answer: the callback that receives the response, or the error
    retried: True if the request has been sent before
    """

    data: bytes
    answer: Callable[[Response | ExchangeError], None]
    retried: bool = False


class Wait(NamedTuple):
    """The reply of a source that has no request now.

    seconds: when to ask again; None: after the next response, or never if there is no request in flight
    """

    seconds: float | None = None


UNTIL_RESPONSE = Wait()


class Source(Protocol):
    """The source of the requests of a run."""

    def __call__(self) -> Request | Wait:
        """Return the next request, or how long to wait for it."""


@dataclass(slots=True)
class _InFlight:
    """A request on a connection. `expires_at` is the time of its timeout, on the client's clock."""

    request: Request
    expires_at: float


class HttpClient:
    """The client of one endpoint.

    max_connections: the maximum number of open connections
    timeout: the seconds for one request, including opening the connection
    clock: returns seconds, and advances while the function is frozen
    """

    def __init__(self, endpoint: Endpoint, max_connections: int, timeout: float, clock: Callable[[], float]) -> None:
        self.endpoint = endpoint
        self._max_connections = max_connections
        self._timeout = timeout
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._idle: dict[HttpSocket, float] = {}  # connection -> idle since, the longest first
        self._in_flight: dict[HttpSocket, _InFlight] = {}  # in order of timeout
        self._retries: deque[Request] = deque()
        self._pending: Request | None = None
        self._addresses: deque[tuple[int, Any]] = deque()
        self._trusts_all = False
        self._begin()

    def run(self, source: Source, limit: Callable[[float], int] | None = None) -> None:
        """Send requests until the source has no more and each has a response or an error.

        limit: takes the latency in seconds, 0.0 while unknown, and returns the maximum number of open connections
        """
        self._begin(limit)
        self._close_stale()
        self._addresses.clear()
        may_open = 1
        try:
            while True:
                pause = self._send_requests(source, may_open)
                if not self._in_flight and self._pending is None and pause is None:
                    return
                may_open = self._process_events(pause)
                self._time_out()
        finally:
            for connection in list(self._in_flight):  # only after an exception: their responses are not needed
                self._close(connection)
            self._retries.clear()
            self._pending = None

    def close(self) -> None:
        """Close all connections."""
        for connection in [*self._in_flight, *self._idle]:
            self._close(connection)
        self._selector.close()

    def _send_requests(self, source: Source, may_open: int) -> float | None:
        """Send all requests that can be sent now.

        Return the seconds until the source may have more; None if a response must arrive first.
        """
        while True:
            if self._pending is None:
                turn = self._retries.popleft() if self._retries else source()
                if isinstance(turn, Wait):
                    return turn.seconds
                self._pending = turn
            if self._idle:
                connection = self._idle.popitem()[0]  # the most recently used one: the others may get stale
            elif may_open > 0 and len(self._in_flight) < self._run_max_connections:
                may_open -= 1
                opened = self._open()
                if opened is None:
                    continue
                connection = opened
            else:
                return None
            request, self._pending = self._pending, None
            self._in_flight[connection] = _InFlight(request, self._clock() + self._timeout)
            connection.begin(request.data)
            if connection.state is State.SENDING:
                self._advance(connection)

    def _begin(self, limit: Callable[[float], int] | None = None) -> None:
        self._limit, self._latency = limit, 0.0
        self._seconds, self._measured = 0.0, 0
        self._set_limit()

    def _set_limit(self) -> None:
        """Set the maximum number of connections, which the limit of the run lowers."""
        wanted = self._limit(self._latency) if self._limit else self._max_connections
        self._run_max_connections = min(self._max_connections, wanted)

    def _measure(self, seconds: float) -> None:
        """Take the time of a request into the latency, which is the mean of the last ones."""
        self._seconds += seconds
        self._measured += 1
        if self._measured < _MEASURED_TOGETHER and self._latency:
            return
        self._latency = max(self._seconds / self._measured, _MIN_LATENCY_SECONDS)
        self._seconds, self._measured = 0.0, 0
        self._set_limit()

    def _open(self) -> HttpSocket | None:
        """Open a connection. If that fails, pass the error to the pending request and return None."""
        try:
            if not self._addresses:
                self._addresses.extend(self.endpoint.addresses())
            family, address = self._addresses[0]
            self._addresses.rotate(-1)
            tls = self.endpoint.widest_tls if self._trusts_all else self.endpoint.tls
            connection = HttpSocket(family, address, self.endpoint.host, tls)
        except ExchangeError as error:
            request, self._pending = self._pending, None
            if request is not None:
                request.answer(error)
            return None
        self._selector.register(connection, selectors.EVENT_WRITE)
        return connection

    def _process_events(self, pause: float | None) -> int:
        """Wait at most `pause` seconds for network events and process them.

        Return how many connections may be opened next: none while there are events; otherwise, if a request is pending,
        as many as are in use.
        """
        needs_connection = self._pending is not None and len(self._in_flight) < self._run_max_connections
        events = self._selector.select(0 if needs_connection else self._select_timeout(pause))
        for key, _ in events:
            connection: HttpSocket = key.fileobj  # type: ignore[assignment]  # what was registered
            self._advance(connection)
        return 0 if events and self._in_flight else max(1, len(self._in_flight))

    def _select_timeout(self, pause: float | None) -> float:
        oldest = next(iter(self._in_flight.values()), None)
        seconds = self._timeout if oldest is None else max(0.0, oldest.expires_at - self._clock())
        return seconds if pause is None else min(seconds, pause)

    def _advance(self, connection: HttpSocket) -> None:
        for_writing, reused = connection.for_writing, connection.used
        try:
            response = connection.advance()
        except ExchangeError as error:
            self._fail(connection, error)
            return
        if connection.for_writing is not for_writing:
            self._selector.modify(connection, _EVENTS[connection.for_writing])
        if response is not None:
            current = self._in_flight.pop(connection)
            self._idle[connection] = now = self._clock()
            if reused:
                self._measure(now - current.expires_at + self._timeout)
            if not response.keep_alive:
                self._close(connection)
            current.request.answer(response)

    def _fail(self, connection: HttpSocket, error: ExchangeError) -> None:
        current = self._in_flight.get(connection)
        self._close(connection)
        if current is None:
            return
        is_stale = connection.used and not connection.answered
        if current.request.retried or not (is_stale or self._trusts_more(error)):
            current.request.answer(error)
            return
        current.request.retried = True
        self._retries.append(current.request)
        if is_stale:
            self._close_idle()  # they may be stale too

    def _trusts_more(self, error: ExchangeError) -> bool:
        """Return True if a certificate was not verified and there are more roots to trust, which further ones have."""
        if str(error) != _UNVERIFIED or self.endpoint.tls is self.endpoint.widest_tls:
            return False
        self._trusts_all = True
        return True

    def _time_out(self) -> None:
        now = self._clock()
        for connection, current in list(self._in_flight.items()):
            if current.expires_at > now:
                return
            self._close(connection)
            current.request.answer(ExchangeError("timed out"))

    def _close_stale(self) -> None:
        """Close the connections that were idle for too long or, as the selector reports, closed by the server."""
        for key, _ in self._selector.select(0):
            self._advance(key.fileobj)  # type: ignore[arg-type]  # what was registered
        oldest = self._clock() - _MAX_IDLE_SECONDS
        for connection in [connection for connection, since in self._idle.items() if since < oldest]:
            self._close(connection)

    def _close_idle(self) -> None:
        for connection in list(self._idle):
            self._close(connection)

    def _close(self, connection: HttpSocket) -> None:
        self._in_flight.pop(connection, None)
        self._idle.pop(connection, None)
        self._selector.unregister(connection)
        connection.close()
