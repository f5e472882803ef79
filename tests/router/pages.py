"""A model of the page's script: one connection at a time. It shows the highest count received on it, but nothing before
the first reply, because only replies include the page's own visit for certain.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A message of the server. Only replies have days."""

    count: int
    is_reply: bool


@dataclass
class Page:
    """A page.

    socket: the connection id, empty if not connected
    name: the name of the page, whose count it shows; empty for the count of the site
    shown: the displayed count, None before the first message
    history: all displayed counts, in order
    """

    socket: str
    name: str = ""
    shown: int | None = None
    history: list[int] = field(default_factory=list)
    said_hello: bool = False
    _highest_on_socket: int = -1
    _answered: bool = False

    def close(self) -> None:
        """Close the connection."""
        self.socket = ""

    def reconnect(self, socket: str) -> None:
        """Open a new connection. Its counts can be lower, since the owner may have reset the count."""
        self.socket, self.said_hello, self._answered, self._highest_on_socket = socket, False, False, -1

    def receive(self, socket: str, message: Message) -> None:
        """Receive a message. Messages of a closed connection are ignored."""
        if socket != self.socket:
            return
        self._highest_on_socket = max(self._highest_on_socket, message.count)
        self._answered = self._answered or message.is_reply
        if self._answered:
            self.shown = self._highest_on_socket
            self.history.append(self.shown)
