"""The outcome of a check, in the words of docs/emulators.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

WORKS, CHANGED, FAILS, IGNORED, NOT_REACHED = "works", "works changed", "fails", "ignored", "not reached"
_SHOWN = 160


@dataclass(frozen=True)
class Outcome:
    """result: one of the words above. reason: one line, "" if it works."""

    result: str
    reason: str = ""


def outcome_of(check: Callable[[], None]) -> Outcome:
    """Run a check. Whatever it raises is the reason: an emulator may answer with anything."""
    try:
        check()
    except AssertionError as error:
        return failed(str(error))
    except Exception as error:  # noqa: BLE001 - see above
        return failed(f"{type(error).__name__}: {error}")
    return Outcome(WORKS)


def failed(reason: str, result: str = FAILS) -> Outcome:
    return Outcome(result, " ".join(reason.split())[:_SHOWN].replace("|", "/"))
