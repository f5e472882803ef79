"""Many requests to one origin at once, over a few keep-alive connections, in one thread.

Why not a client off the shelf: the Lambda runtime has urllib3 (1 ms of CPU per signed post when the design was
measured, and a thread for each request in flight) and asyncio's streams (0.15 ms, and 45 ms to import). This takes
0.06 ms, see `benchmarks/README.md`.

`run` takes requests from a source and hands each answer to its request, which may give the source more to do:

    take a request while there is one  →  put it on an idle connection, else open one, else wait
    wait for the network               →  advance the connections it names, hand out what is answered
    give up on what takes too long

A connection is opened only when all others wait for the network. So few are opened (each costs a TLS handshake) where
the CPU is the limit, and as many as are allowed where the distance is.

The other side may close an idle connection at the moment that a request is on its way. A request so lost, on a
connection used before and without a byte of an answer, is sent once more on a new connection. All requests of the
router may be repeated: a message to a page, and writes that are conditional, carry a token or set the same again.
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

_IDLE_SECONDS_AT_MOST = 45  # AWS closes after a minute or more, which a frozen function does not notice


_EVENTS = {True: selectors.EVENT_WRITE, False: selectors.EVENT_READ}


@dataclass(slots=True)
class Request:
    """data: head and body as sent. answer: is given the response, or why there is none. again: was sent before."""

    data: bytes
    answer: Callable[[Response | ExchangeError], None]
    again: bool = False


class Wait(NamedTuple):
    """A source's answer where there is nothing to do now. seconds: until there may be; None: not before an answer that
    is still to come, and never if none is."""

    seconds: float | None = None


UNTIL_AN_ANSWER = Wait()


class Source(Protocol):
    def __call__(self) -> Request | Wait:
        """What to send now, or how long there will be nothing."""


@dataclass(slots=True)
class _Busy:
    request: Request
    until: float


class HttpClient:
    """at_most: connections open at once. timeout: seconds for one request, opening a connection included. clock: any
    seconds that also pass while the function is frozen."""

    def __init__(self, endpoint: Endpoint, at_most: int, timeout: float, clock: Callable[[], float]) -> None:
        self.endpoint = endpoint
        self._at_most = self._at_most_now = at_most
        self._timeout = timeout
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._idle: dict[HttpSocket, float] = {}  # since when, the longest first
        self._busy: dict[HttpSocket, _Busy] = {}  # in the order of their requests, so of their timeouts
        self._again: deque[Request] = deque()
        self._waiting: Request | None = None
        self._addresses: deque[tuple[int, Any]] = deque()

    def run(self, source: Source, at_most: int | None = None) -> None:
        """Until the source has nothing more and all is answered. at_most: connections, if fewer than usual."""
        self._at_most_now = min(self._at_most, at_most or self._at_most)
        self._discard_stale()
        self._addresses.clear()
        may_open = 1
        try:
            while True:
                pause = self._begin_all(source, may_open)
                if not self._busy and self._waiting is None and pause is None:
                    return
                may_open = self._advance_all(pause)
                self._expire()
        finally:
            for connection in list(self._busy):  # only after an exception: nobody waits for these any more
                self._close(connection)
            self._again.clear()
            self._waiting = None

    def close(self) -> None:
        for connection in [*self._busy, *self._idle]:
            self._close(connection)
        self._selector.close()

    def _begin_all(self, source: Source, may_open: int) -> float | None:
        """Begin what can be begun now. Seconds until the source may have more, None if an answer must come first."""
        while True:
            if self._waiting is None:
                turn = self._again.popleft() if self._again else source()
                if isinstance(turn, Wait):
                    return turn.seconds
                self._waiting = turn
            if self._idle:
                connection = self._idle.popitem()[0]  # the one used last: the others may come to their end
            elif may_open > 0 and len(self._busy) < self._at_most_now:
                may_open -= 1
                opened = self._open()
                if opened is None:
                    continue
                connection = opened
            else:
                return None
            request, self._waiting = self._waiting, None
            self._busy[connection] = _Busy(request, self._clock() + self._timeout)
            connection.begin(request.data)
            if connection.state is State.SENDING:
                self._advance(connection)

    def _open(self) -> HttpSocket | None:
        """None if the waiting request has been answered with why not."""
        try:
            if not self._addresses:
                self._addresses.extend(self.endpoint.addresses())
            family, address = self._addresses[0]
            self._addresses.rotate(-1)
            connection = HttpSocket(family, address, self.endpoint.host, self.endpoint.tls)
        except ExchangeError as error:
            request, self._waiting = self._waiting, None
            if request is not None:
                request.answer(error)
            return None
        self._selector.register(connection, selectors.EVENT_WRITE)
        return connection

    def _advance_all(self, pause: float | None) -> int:
        """Let the network act, for at most `pause` seconds. How many connections may be opened next: as many again as
        there are if a request waits while nothing happens, none while there is something to do."""
        starved = self._waiting is not None and len(self._busy) < self._at_most_now
        happened = self._selector.select(0 if starved else self._patience(pause))
        for key, _ in happened:
            connection: HttpSocket = key.fileobj  # type: ignore[assignment]  # what was registered
            self._advance(connection)
        return 0 if happened and self._busy else max(1, len(self._busy))

    def _patience(self, pause: float | None) -> float:
        oldest = next(iter(self._busy.values()), None)
        seconds = self._timeout if oldest is None else max(0.0, oldest.until - self._clock())
        return seconds if pause is None else min(seconds, pause)

    def _advance(self, connection: HttpSocket) -> None:
        for_writing = connection.for_writing
        try:
            response = connection.advance()
        except ExchangeError as error:
            self._fail(connection, error)
            return
        if connection.for_writing is not for_writing:
            self._selector.modify(connection, _EVENTS[connection.for_writing])
        if response is not None:
            busy = self._busy.pop(connection)
            self._idle[connection] = self._clock()
            if not response.keep:
                self._close(connection)
            busy.request.answer(response)

    def _fail(self, connection: HttpSocket, error: ExchangeError) -> None:
        busy = self._busy.get(connection)
        self._close(connection)
        if busy is None:
            return
        if connection.used and not connection.answered and not busy.request.again:
            busy.request.again = True
            self._again.append(busy.request)
            self._discard_idle()  # they were left alone for as long
        else:
            busy.request.answer(error)

    def _expire(self) -> None:
        now = self._clock()
        for connection, busy in list(self._busy.items()):
            if busy.until > now:
                return
            self._close(connection)
            busy.request.answer(ExchangeError("timed out"))

    def _discard_stale(self) -> None:
        """And those that the other side has closed since, which the selector names."""
        for key, _ in self._selector.select(0):
            self._advance(key.fileobj)  # type: ignore[arg-type]  # what was registered
        latest = self._clock() - _IDLE_SECONDS_AT_MOST
        for connection in [connection for connection, since in self._idle.items() if since < latest]:
            self._close(connection)

    def _discard_idle(self) -> None:
        for connection in list(self._idle):
            self._close(connection)

    def _close(self, connection: HttpSocket) -> None:
        self._busy.pop(connection, None)
        self._idle.pop(connection, None)
        self._selector.unregister(connection)
        connection.close()
