"""Who is here must not keep anyone from being here: its notes go to one item, which DynamoDB may throttle."""

from __future__ import annotations

from typing import Any

import pytest

from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB, client_error
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import Rig, disconnect_event


class Throttled(FakeDynamoDB):
    """A table whose item `presence` rejects the next writes. `code` is the error code."""

    code = "ThrottlingException"
    rejected = 1_000_000

    def update_item(self, **request: Any) -> dict[str, Any]:
        if request["Key"] == {"id": {"S": "presence"}} and self.rejected:
            self.rejected -= 1
            raise client_error("UpdateItem", self.code)
        return super().update_item(**request)


@pytest.fixture
def rig() -> Rig:
    return Rig(table=Throttled())


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_a_reconnect_and_a_departure_succeed_at_once(rig: Rig, code: str) -> None:
    rig.table.code = code  # type: ignore[attr-defined]
    rig.connect("a", "visit-id-a")
    assert rig.connect("b", "visit-id-a") == {"statusCode": 200}
    assert rig.clock.now == rig.clock.started
    assert rig.send(disconnect_event("a")) == {"statusCode": 200}
    assert rig.clock.now - rig.clock.started < 0.2
    assert set(rig.table.rows[CONNECTIONS]) == {"b"}
    assert [line["level"] for line in rig.logged("presence_failed")] == ["WARNING", "WARNING"]


def test_a_departure_is_noted_by_the_second_attempt(rig: Rig) -> None:
    rig.table.rejected = 1  # type: ignore[attr-defined]
    rig.connect("b", "visit-id-b")
    rig.send(disconnect_event("a"))
    assert rig.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}
    assert not rig.logged("presence_failed")


def test_whoever_leaves_last_leaves_no_note(rig: Rig) -> None:
    rig.table.rejected = 0  # type: ignore[attr-defined]
    rig.connect("a", "visit-id-a")
    rig.connect("b", "visit-id-b")
    rig.send(disconnect_event("a"))
    assert rig.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}
    rig.table.calls.clear()
    rig.send(disconnect_event("b"))
    assert rig.table.calls == ["DeleteItem", "Scan"]
    assert rig.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}


def test_without_an_answer_somebody_may_be_left(rig: Rig) -> None:
    rig.table.rejected = 0  # type: ignore[attr-defined]
    rig.connect("a", "visit-id-a")
    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.THROTTLED])
    assert rig.send(disconnect_event("a")) == {"statusCode": 200}
    assert rig.table.rows[VISITS]["presence"]["changes"] == {"N": "1"}
