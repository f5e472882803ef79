"""The kinds of log events: their level, and fields that several share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from router.contract.log_values import Level


class Event:
    """A log event."""

    message: ClassVar[str]

    @property
    def level(self) -> Level:
        """Return the level."""
        return Level.INFO


class WarningEvent(Event):
    """An event of the level WARNING."""

    @property
    def level(self) -> Level:
        """Return the level."""
        return Level.WARNING


# Fields shared by several events. Each dataclass adds about a millisecond to a cold start.


@dataclass(frozen=True)
class OfConnection(Event):
    """An event of a connection. `connection` has the first characters of its id."""

    connection: str


@dataclass(frozen=True)
class OfCount(Event):
    """An event with the count of all visits."""

    count: int


@dataclass(frozen=True)
class Failure(Event):
    """A failure.

    error: the type of the exception
    reason: the message of a RouterError, otherwise None
    where: the stack frames, innermost last
    """

    error: str
    reason: str | None
    where: tuple[str, ...]

    @property
    def level(self) -> Level:
        """Return the level."""
        return Level.ERROR


class MinorFailure(Failure):
    """A failure of the level WARNING."""

    @property
    def level(self) -> Level:
        """Return the level."""
        return Level.WARNING
