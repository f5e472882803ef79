"""docs/privacy.md names what the router stores of a visitor, under every policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.contract import tables
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.rig import Rig

ROWS = [
    line.split("|")[1:4]
    for line in Path("docs/privacy.md").read_text().split("## What is stored")[1].split("\n## ")[0].splitlines()
    if line.startswith("| ")
]


@pytest.mark.parametrize(("policy", "kind"), [("tab", "id"), ("connection", "id"), ("visitor", "hash")])
def test_every_row_about_a_visitor_is_named(policy: str, kind: str) -> None:
    rig = Rig()
    rig.environment |= {"VISIT_POLICY": policy, "VISIT_NAMES": "blog", "ORIGIN_SECRET": "s" * 43}
    rig.connect("page", "visit-id-1", name="blog", secret="s" * 43)
    visit = rig.table.rows[CONNECTIONS]["page"][tables.VISIT]["S"]
    wanted = {tables.visit_key(visit): f"visit#<{kind}>", tables.visit_key(f"{visit}#blog"): f"named#<{kind}>#<name>"}
    assert {key for key in rig.table.rows[VISITS] if visit in key} == set(wanted)
    for documented in wanted.values():
        assert any(f"`{policy}`" in what and documented in where for what, where, _ in ROWS), documented
    (connection,) = [what for what, where, _ in ROWS if "ConnectionIDs" in where]
    assert all(said in connection for said in (*("tab's", "socket's"), "`visitor` the hash", "visits.names"))
