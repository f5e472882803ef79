"""The table of faults is the same in the code and the docs."""

from __future__ import annotations

import re
from pathlib import Path

from local_cloud.chaos.faults import FAULTS

ROOT = Path(__file__).resolve().parents[3]


def test_the_docs_have_every_fault_and_no_other() -> None:
    text = (ROOT / "docs/reliability.md").read_text()
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    on_linux_only = set(re.findall(r"^\| `([a-z-]+)` \|.*\(Linux\)", text, re.MULTILINE))
    assert set(FAULTS) <= rows
    assert rows - set(FAULTS) <= on_linux_only
