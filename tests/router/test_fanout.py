from __future__ import annotations

import pytest

from router.fanout import deliver
from router.items import Connection
from router.transport import Outcome
from tests.router.rig import NOW, Rig

OLD, YOUNG = NOW - 3600, NOW - 5


def outcomes(rig: Rig, connections: list[Connection]) -> dict[str, Outcome]:
    delivered = deliver(connections, b'{"count":1}', rig.invocation())
    return {id_: delivery.outcome for id_, delivery in delivered.items()}


@pytest.mark.parametrize("number", [1, 2, 200])
def test_everyone_is_told_once(rig: Rig, number: int) -> None:
    connections = [Connection(str(id_), OLD) for id_ in range(number)]
    assert outcomes(rig, connections) == {connection.id: Outcome.DELIVERED for connection in connections}
    assert rig.transport.tries == number
    assert rig.clock.now == NOW


def test_what_may_pass_is_tried_again_in_rounds(rig: Rig) -> None:
    rig.transport.scripts["throttled"].extend([Outcome.THROTTLED] * 5)
    rig.transport.scripts["faulty"].extend([Outcome.FAILED] * 2)
    connections = [Connection(id_, OLD) for id_ in ("throttled", "faulty", "well")]
    assert set(outcomes(rig, connections).values()) == {Outcome.DELIVERED}
    assert rig.transport.tries == 6 + 3 + 1
    assert rig.clock.now == pytest.approx(NOW + (0.1 + 0.2 + 0.4 + 0.8 + 1.6) / 2)


def test_tries_are_bounded(rig: Rig) -> None:
    for id_, outcome in (("a", Outcome.THROTTLED), ("b", Outcome.FAILED), ("c", Outcome.GONE), ("d", Outcome.REFUSED)):
        rig.transport.scripts[id_].extend([outcome] * 100)
    found = outcomes(rig, [Connection(id_, OLD) for id_ in "abcd"])
    assert list(found.values()) == [Outcome.THROTTLED, Outcome.FAILED, Outcome.GONE, Outcome.REFUSED]
    assert {id_: 100 - len(rig.transport.scripts[id_]) for id_ in "abcd"} == {"a": 6, "b": 3, "c": 1, "d": 1}


def test_a_young_connection_may_still_be_opening(rig: Rig) -> None:
    rig.transport.scripts["opening"].append(Outcome.GONE)
    rig.transport.scripts["left again"].extend([Outcome.GONE] * 100)
    found = outcomes(rig, [Connection("opening", YOUNG), Connection("left again", YOUNG)])
    assert found == {"opening": Outcome.DELIVERED, "left again": Outcome.GONE}
    assert len(rig.transport.scripts["left again"]) == 97


def test_the_deadline_stops_new_posts(rig: Rig) -> None:
    rig.clock.timeout = 10
    rig.transport.on_post = lambda: rig.clock.sleep(0.1)
    found = list(outcomes(rig, [Connection(str(number), OLD) for number in range(500)]).values())
    assert 40 < found.count(Outcome.DELIVERED) < 150
    assert found.count(Outcome.LEFT) == 500 - found.count(Outcome.DELIVERED)


def test_no_pause_runs_past_the_deadline(rig: Rig) -> None:
    rig.clock.timeout = 2.6
    rig.transport.scripts["a"].extend([Outcome.THROTTLED] * 100)
    assert outcomes(rig, [Connection("a", OLD)]) == {"a": Outcome.THROTTLED}
    assert rig.clock.now < NOW + 0.1
