"""Pages as the theme's script behaves: one socket at a time, and a count smaller than one seen on it is ignored."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Page:
    """socket: empty while there is none.

    shown: what the reader sees, None before the first message. history: everything it ever showed, in order.
    """

    socket: str
    shown: int | None = None
    history: list[int] = field(default_factory=list)
    said_hello: bool = False
    _highest_on_socket: int = -1

    def close(self) -> None:
        self.socket = ""

    def reconnect(self, socket: str) -> None:
        """A new socket starts anew: the owner may have set the count back. The number stays until a message comes."""
        self.socket, self.said_hello, self._highest_on_socket = socket, False, -1

    def receive(self, socket: str, count: int) -> None:
        """A message of a socket that was closed reaches nobody."""
        if socket != self.socket or count < self._highest_on_socket:
            return
        self._highest_on_socket = self.shown = count
        self.history.append(count)
