from __future__ import annotations

import pytest

from router.errors import EventFailedError
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import Rig, recorded


def test_nothing_to_do(rig: Rig) -> None:
    assert rig.send(recorded("scheduled"))["complete"] is True
    assert [line["message"] for line in rig.lines] == ["swept", "broadcast_unneeded"]
    assert rig.lines[0]["level"] == "INFO"


def test_visits_the_stream_missed_are_counted_once_they_are_late(rig: Rig) -> None:
    rig.crowd()
    for number in range(150):
        rig.connect(f"c{number}", f"visit-{number:04}")
    rig.clock.sleep(59)
    assert rig.send(recorded("scheduled"))["visits"] == 0
    rig.connect("young", "visit-young")
    rig.clock.sleep(1)
    assert rig.send(recorded("scheduler"))["visits"] == 150
    assert rig.count() == 150
    assert "uncounted" in rig.table.rows[VISITS]["visit#visit-young"]
    assert rig.send(recorded("scheduled"))["visits"] == 0


def test_a_visit_without_a_time_is_late(rig: Rig) -> None:
    rig.table.rows[VISITS]["visit#odd"] = {"id": {"S": "visit#odd"}, "uncounted": {"S": "odd"}}
    assert rig.send(recorded("scheduled"))["visits"] == 1
    assert rig.days() == {"2026-11-29": 1}


def test_expired_connections_are_deleted(rig: Rig) -> None:
    rig.connect("old", "visit-old")
    rig.clock.sleep(2 * 3600 + 601)
    rig.connect("new", "visit-new")
    assert rig.send(recorded("scheduled"))["forgotten"] == 1
    assert set(rig.table.rows[CONNECTIONS]) == {"new"}


def test_pages_are_told_of_expired_connections(rig: Rig) -> None:
    for name in ("a", "b"):
        rig.connect(name, f"visit-{name}-old")
    rig.clock.sleep(2 * 3600 + 601)
    rig.connect("page", "visit-page")
    rig.fold()
    rig.send(recorded("stream_count"))
    assert rig.transport.received["page"][-1]["online"] == 3
    rig.clock.sleep(300)
    rig.send(recorded("scheduled"))
    assert rig.transport.received["page"][-1]["online"] == 1
    assert "failed" not in {line["message"] for line in rig.lines}


def test_all_pages_of_expired_connections_are_deleted(rig: Rig) -> None:
    for number in range(250):
        rig.store.connections.add(f"c{number}", int(rig.clock.now))
    rig.clock.sleep(2 * 3600 + 601)
    assert rig.send(recorded("scheduled"))["forgotten"] == 250
    assert rig.table.rows[CONNECTIONS] == {}


def test_connections_left_at_the_deadline_are_deleted_by_the_next_sweep(rig: Rig) -> None:
    for number in range(250):
        rig.store.connections.add(f"c{number}", int(rig.clock.now))
    rig.clock.sleep(2 * 3600 + 601)
    rig.clock.timeout = 8
    rig.client = FaultyClient(rig.table, [Fault.MEANWHILE] * 1000, lambda: rig.clock.sleep(1))
    first = rig.send(recorded("scheduled"))
    assert 0 < first["forgotten"] < 250
    assert (first["left"], first["complete"]) == (0, False)
    assert rig.logged("swept")[0]["level"] == "WARNING"
    rig.client = None
    assert rig.send(recorded("scheduled"))["forgotten"] == 250 - first["forgotten"]


def test_an_unannounced_count_is_broadcast(rig: Rig) -> None:
    rig.crowd()
    rig.connect("page", "visit-one")
    rig.send({"Records": rig.table.stream[:]})
    rig.send(recorded("scheduled"))
    assert rig.transport.received["page"] == [{"count": 1, "online": 1}]
    rig.send(recorded("scheduled"))
    assert len(rig.transport.received["page"]) == 1


def test_a_sweep_that_runs_out_of_time_is_continued_by_the_next(rig: Rig) -> None:
    rig.crowd()
    for number in range(250):
        rig.connect(f"c{number}", f"visit-{number:04}")
    rig.clock.sleep(100)
    rig.clock.timeout = 5
    rig.client = FaultyClient(rig.table, [Fault.NONE] * 2 + [Fault.CONFLICT] * 1000)
    first = rig.send(recorded("scheduled"))
    assert (first["visits"], first["complete"]) == (0, False)
    assert rig.logged("swept")[0]["level"] == "WARNING"
    rig.client = None
    rig.clock.timeout = 30
    assert rig.send(recorded("scheduled"))["visits"] == 250
    assert rig.count() == 250


def test_an_invalid_visit_fails_the_sweep_after_everything_else(rig: Rig) -> None:
    rig.crowd()
    for number in range(3):
        rig.connect(f"c{number}", f"visit-{number:04}")
    rig.clock.sleep(100)
    rig.table.poison = {"visit#visit-0001"}
    with pytest.raises(EventFailedError, match="1 visits cannot be counted"):
        rig.send(recorded("scheduled"))
    assert rig.count() == 2
    assert rig.transport.received["c0"] == [{"count": 2, "online": 3}]
    assert rig.logged("failed")[0]["event"] == "Sweep"


def test_a_broken_day_stops_neither_other_visits_nor_the_rest_of_the_sweep(rig: Rig) -> None:
    rig.crowd()
    rig.connect("old", "visit-one")
    rig.table.rows[VISITS]["day#2026-11-29"] = {"id": {"S": "day#2026-11-29"}, "visits": {"S": "mended by hand"}}
    rig.clock.sleep(40 * 86_400)
    rig.connect("page", "visit-two")
    rig.clock.sleep(61)
    with pytest.raises(EventFailedError, match="1 visits cannot be counted"):
        rig.send(recorded("scheduled"))
    assert rig.count() == 1
    assert set(rig.table.rows[CONNECTIONS]) == {"page"}
    assert rig.transport.received["page"] == [{"count": 1, "online": 1}]


def test_a_store_that_fails_makes_the_sweep_fail(rig: Rig) -> None:
    rig.client = FaultyClient(rig.table, [Fault.THROTTLED])
    with pytest.raises(EventFailedError, match="Sweep: Scan: ThrottlingException"):
        rig.send(recorded("scheduled"))
