"""The sockets on which the page is served: opened before anything else is started, on the loopback interface only."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from errors import LocalCloudError, UsageError

_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
"""Both families, if available: a browser may resolve `localhost` to either first."""

_HIGHEST = 65_535
_BACKLOG = 1024
_FREE_PORTS_TRIED = 100
_PROBE_SECONDS = 0.2
_NO_SUCH_ADDRESS = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


@contextmanager
def reserved(port: int) -> Iterator[list[socket.socket]]:
    """Return listening sockets on `port`, closed at the end. Early connections wait in their queue.

    Raises LocalCloudError when the port is in use, naming a free one, or when this user may not use it; UsageError when
    it is out of range.
    """
    if not 0 <= port <= _HIGHEST:
        raise UsageError(f"--port {port}", "is not a valid port", f"pass one from 1 to {_HIGHEST}")
    try:
        sockets = _listen(port)
    except OSError as exc:
        raise _refused(port, exc) from exc
    try:
        yield sockets
    finally:
        for sock in sockets:
            sock.close()


def next_free(port: int) -> int:
    """Return the first free port above `port`, such as 8081 after 8080; else any free port."""
    for candidate in (*range(port + 1, min(port + _FREE_PORTS_TRIED, _HIGHEST) + 1), 0):
        try:
            sockets = _listen(candidate)
        except OSError:
            continue
        found: int = sockets[0].getsockname()[1]
        for sock in sockets:
            sock.close()
        return found
    return 0


def _listen(port: int) -> list[socket.socket]:
    """Open the sockets and listen at once, because two sockets that are only bound may share a port. Raises OSError."""
    sockets: list[socket.socket] = []
    try:
        for family, host in _LOOPBACKS:
            sock = _bound(family, host, port)
            if sock is not None:
                sockets.append(sock)
                port = sock.getsockname()[1]
                sock.listen(_BACKLOG)
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    """Return a bound socket, or None where this machine has no IPv6. Raises OSError."""
    try:
        sock = socket.socket(family)
    except OSError:
        if family is socket.AF_INET6:
            return None
        raise
    try:
        # A port that an earlier run has just closed is free, even while its connections linger (TIME_WAIT).
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if port and _is_answered(family, host, port):
            raise OSError(errno.EADDRINUSE, "Address already in use")
        sock.bind((host, port))
    except OSError as exc:
        sock.close()
        if family is socket.AF_INET6 and exc.errno in _NO_SUCH_ADDRESS:
            return None
        raise
    return sock


def _is_answered(family: socket.AddressFamily, host: str, port: int) -> bool:
    """Return True if a server answers: macOS, unlike Linux, allows binding beside a server that listens on every
    address."""
    with socket.socket(family) as probe:
        probe.settimeout(_PROBE_SECONDS)
        return probe.connect_ex((host, port)) == 0


def _refused(port: int, exc: OSError) -> LocalCloudError:
    where = f"port {port}"
    if isinstance(exc, PermissionError):
        return LocalCloudError(where, "this user is not permitted to use it", "pass --port with one above 1023")
    if exc.errno == errno.EADDRINUSE:
        return LocalCloudError(
            where, "is in use by another program", f"stop that program, or pass --port {next_free(port)}"
        )
    return LocalCloudError(where, f"cannot be used: {exc.strerror}", "pass --port with another one")
