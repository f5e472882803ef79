from __future__ import annotations

import json
from functools import partial

import pytest

from router import log
from router.contract.log_events import BadgeFailed, EventFailed, Replied
from router.errors import StoreError
from router.log import Log
from settings.sections import LOG_LEVELS
from tests.router.rig import ENVIRONMENT, Rig, message_event


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    Log(log.to_standard_output, "request-1").event(Replied("two\nlines, and é", count=3))
    out = capsys.readouterr().out
    assert out.endswith("}\n")
    assert out.count("\n") == 1
    assert json.loads(out) == {
        "level": "INFO",
        "message": "replied",
        "requestId": "request-1",
        "connection": "two\nlines, and é",
        "count": 3,
    }


def test_a_failure_has_type_frames_and_only_our_own_messages() -> None:
    lines: list[str] = []
    writer = Log(lines.append, "request-1")

    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        raise StoreError("PutItem", "Odd")

    for error in (StoreError, ZeroDivisionError):
        with pytest.raises(error) as raised:
            deep(20) if error is StoreError else 1 / 0
        writer.failure(partial(EventFailed, event="Connect"), raised.value)
        writer.failure(BadgeFailed, raised.value)
    ours, badge, foreign, _ = map(json.loads, lines)
    assert (ours["error"], ours["reason"], len(ours["where"])) == ("StoreError", "PutItem: Odd", 8)
    assert ours["where"][-1].endswith(" deep")
    assert (ours["message"], ours["event"], badge["message"]) == ("failed", "Connect", "badge_failed")
    assert (foreign["error"], "reason" in foreign) == ("ZeroDivisionError", False)


@pytest.mark.parametrize(
    ("lowest", "written"),
    [
        ("DEBUG", ["INFO", "ERROR"]),
        ("INFO", ["INFO", "ERROR"]),
        ("", ["INFO", "ERROR"]),
        ("loud", ["INFO", "ERROR"]),
        ("WARN", ["ERROR"]),
        ("ERROR", ["ERROR"]),
    ],
)
def test_lines_below_the_level_are_not_written(lowest: str, written: list[str]) -> None:
    lines: list[str] = []
    writer = Log(lines.append, "request-1", lowest)
    writer.event(Replied("c", count=3))
    writer.failure(partial(EventFailed, event="Connect"), StoreError("PutItem", "Odd"))
    assert [json.loads(line)["level"] for line in lines] == written


def test_the_level_is_that_of_the_environment() -> None:
    for level, lines in (("INFO", 1), ("ERROR", 0)):
        rig = Rig(environment={**ENVIRONMENT, "LOG_LEVEL": level})
        rig.connect("c1")
        rig.send(message_event("c1"))
        assert len(rig.logged("replied")) == lines


def test_the_levels_are_those_of_the_settings() -> None:
    assert log.LEVELS == LOG_LEVELS


def test_a_connection_is_shown_in_part() -> None:
    assert log.short("Cc1lwfT9FiACE+w/7A=") == "Cc1l"
