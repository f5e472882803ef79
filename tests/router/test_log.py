from __future__ import annotations

import json
from functools import partial

import pytest

from router import log
from router.contract.log_events import BadgeFailed, EventFailed, Replied
from router.errors import StoreError
from router.log import Log


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


def test_a_connection_is_shown_in_part() -> None:
    assert log.short("Cc1lwfT9FiACE+w/7A=") == "Cc1l"
