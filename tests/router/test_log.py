from __future__ import annotations

import json
import re

import pytest

from router import log
from router.errors import StoreError
from router.log import Line, Log


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    Log(log.to_standard_output, "request-1").info(Line.REPLIED, count=3, note="two\nlines, and é")
    out = capsys.readouterr().out
    assert out.endswith("}\n")
    assert out.count("\n") == 1
    assert json.loads(out) == {
        "level": "INFO",
        "message": "replied",
        "requestId": "request-1",
        "count": 3,
        "note": "two\nlines, and é",
    }


def test_a_failure_tells_type_and_place_and_only_our_own_texts() -> None:
    lines: list[str] = []
    writer = Log(lines.append, "request-1")

    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        raise StoreError("PutItem", "Odd")

    for error in (StoreError, ZeroDivisionError):
        with pytest.raises(error) as raised:
            deep(20) if error is StoreError else 1 / 0
        writer.failure(Line.FAILED, raised.value, event="Connect")
    ours, foreign = map(json.loads, lines)
    assert (ours["error"], ours["reason"], len(ours["where"])) == ("StoreError", "PutItem: Odd", 8)
    assert ours["where"][-1].endswith(" deep")
    assert (foreign["error"], "reason" in foreign) == ("ZeroDivisionError", False)


def test_the_table_in_the_docstring_lists_every_line_and_no_other() -> None:
    listed = re.findall(r"^([a-z_]+) +(?:INFO|WARNING|ERROR) ", log.__doc__ or "", re.MULTILINE)
    assert listed == [line.value for line in Line]


def test_a_connection_is_shown_in_part() -> None:
    assert log.short("Cc1lwfT9FiACE+w/7A=") == "Cc1l"
