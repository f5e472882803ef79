"""Where the emulator's invocations of the function differ from AWS's, and what is done about it, in its process.

As ministack is:

- Invocations for WebSockets do not go the way of all others: their log lines reach no log group, and all of them queue
  for a single worker, each in a thread of its own: a thousand sockets that closed at once were 700 threads. Here they
  take the common way, a few at once; the rest wait in the event loop, which costs no thread. And they are held to the
  function's reserved concurrency.
- A function that cannot be imported leaves nothing in its log group. Here its error does.
- A `$connect` that is refused always answers 403. Here it answers with the function's own status, as API Gateway does.

And every invocation is reported, which makes the lines that the user sees.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Result = dict[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Invoke = Callable[..., Awaitable[Any]]
Observer = Callable[[list[str], str], None]
"""Told of each invocation: the lines it wrote, and its error or an empty text."""

SOCKET_INVOCATIONS_AT_ONCE = 3
"""Each needs a worker, a Python process that costs 0.4 s of CPU to start; the emulator's one event loop is busy with
fewer than that."""

_IMPORT_FAILED = "Worker init failed: "
"""What an error begins with where the function cannot be imported: the emulator's words."""

_BAD_GATEWAY = 502
_FORBIDDEN = 403
_SUCCESS = range(200, 300)


@dataclass
class _Handshake:
    """The status with which the function answered this socket's `$connect`."""

    status: int = _FORBIDDEN


_handshake: contextvars.ContextVar[_Handshake | None] = contextvars.ContextVar("handshake", default=None)


def install(observer: Observer) -> None:
    """Put the above into effect, in this process, before it serves."""
    from ministack.core import lambda_runtime
    from ministack.services import apigateway, lambda_svc

    run_on_a_worker = lambda_svc._execute_function_warm  # noqa: SLF001 - the one place all invocations pass

    def observed(function: Result, event: Any, request_id: str) -> Result:
        result: Result = run_on_a_worker(function, event, request_id)
        error = _error_of(result)
        result["log"] = result.get("log") or error
        observer(result["log"].splitlines(), in_our_words(error))
        return result

    def for_a_socket(name: str, config: Result, code: bytes, **_: Any) -> _SocketInvocation:
        reserved = (lambda_svc._functions.get(name) or {}).get("concurrency")  # noqa: SLF001
        function = {"config": config, "code_zip": code, "concurrency": reserved}
        return _SocketInvocation(function, lambda_svc._execute_function)  # noqa: SLF001

    lambda_svc._execute_function_warm = observed  # noqa: SLF001
    lambda_runtime.get_or_create_worker = for_a_socket
    apigateway._invoke_ws_lambda = in_turn(apigateway._invoke_ws_lambda)  # noqa: SLF001


def in_turn(invoke: Invoke, at_once: int = SOCKET_INVOCATIONS_AT_ONCE) -> Invoke:
    """`invoke`, so many at once; the others wait in their order."""
    slots = asyncio.Semaphore(at_once)

    async def queued(*arguments: Any, **more: Any) -> Any:
        async with slots:
            return await invoke(*arguments, **more)

    return queued


@dataclass(frozen=True)
class _SocketInvocation:
    """Stands where the emulator expects a worker."""

    function: Result
    execute: Callable[[Result, Any], Result]

    def invoke(self, event: Any, _request_id: str) -> Result:
        result = self.execute(self.function, event)
        error = _error_of(result)
        body = result.get("body")
        handshake = _handshake.get()
        if handshake is not None:
            handshake.status = _BAD_GATEWAY if error else _status_of(body)
        return {"status": "error", "error": error} if error else {"status": "ok", "result": body}


def in_our_words(error: str) -> str:
    """Return the error of an invocation as the user reads it."""
    return error.replace(_IMPORT_FAILED, "the router cannot be imported: ")


def _error_of(result: Result) -> str:
    body = result.get("body")
    if not result.get("error") and not result.get("throttle"):
        return ""
    return str(body.get("errorMessage") or body) if isinstance(body, dict) else str(body)


def _status_of(answer: Any) -> int:
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    return status if isinstance(status, int) else _BAD_GATEWAY


def answering_refusals(send: Send, scope: Message) -> Send:
    """`send`, with a socket that is refused before it was accepted answered by the function's own status."""
    handshake = _Handshake()
    _handshake.set(handshake)
    accepted = False

    async def sending(message: Message) -> None:
        nonlocal accepted
        accepted = accepted or message["type"] == "websocket.accept"
        answerable = "websocket.http.response" in (scope.get("extensions") or {})
        if accepted or not answerable or message["type"] != "websocket.close" or handshake.status in _SUCCESS:
            await send(message)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "websocket.http.response.start", "status": handshake.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b'{"message": "Forbidden"}'})

    return sending
