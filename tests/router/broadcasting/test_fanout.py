from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from router.aws.connections_api import Delivery
from router.broadcasting.fanout import deliver, is_young
from router.contract.log_values import Outcome
from router.deadline import MARGIN_SECONDS
from router.items import Connection
from tests.router.rig import NOW, Rig

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD, YOUNG = NOW - 3600, NOW - 5


def outcomes(rig: Rig, connections: list[Connection]) -> dict[str, Outcome]:
    delivered = deliver(connections, {"": b'{"count":1}'}, rig.invocation())
    return {id_: delivery.outcome for id_, delivery in delivered.items()}


@pytest.mark.parametrize("number", [1, 2, 200])
def test_each_connection_gets_one_post(rig: Rig, number: int) -> None:
    connections = [Connection(str(id_), OLD) for id_ in range(number)]
    assert outcomes(rig, connections) == {connection.id: Outcome.DELIVERED for connection in connections}
    assert rig.transport.tries == number
    assert rig.clock.now == NOW


def test_retryable_failures_are_retried_with_backoff(rig: Rig) -> None:
    rig.transport.scripts["throttled"].extend([Outcome.THROTTLED] * 5)
    rig.transport.scripts["faulty"].extend([Outcome.FAILED] * 2)
    connections = [Connection(id_, OLD) for id_ in ("throttled", "faulty", "well")]
    assert set(outcomes(rig, connections).values()) == {Outcome.DELIVERED}
    assert rig.transport.tries == 6 + 3 + 1
    assert rig.clock.now - NOW == pytest.approx((0.1 + 0.2 + 0.4 + 0.8 + 1.6) / 2, abs=1e-5)


def test_attempts_are_limited(rig: Rig) -> None:
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


def test_a_deadline_that_has_passed_allows_no_post(rig: Rig) -> None:
    rig.clock.timeout = MARGIN_SECONDS
    assert outcomes(rig, [Connection("a", OLD)]) == {"a": Outcome.LEFT}
    assert rig.transport.tries == 0


def test_a_connection_is_young_for_a_minute() -> None:
    assert is_young(Connection("a", NOW - 59), NOW)
    assert not is_young(Connection("a", NOW - 60), NOW)


def test_the_transport_knows_the_number_of_posts(rig: Rig) -> None:
    numbers: list[int] = []
    rig.transport.run = lambda posts: numbers.append(posts.number)  # type: ignore[method-assign]
    outcomes(rig, [Connection(id_, OLD) for id_ in "abc"])
    assert numbers == [3]


def test_no_pause_runs_past_the_deadline(rig: Rig) -> None:
    rig.clock.timeout = 2.6
    rig.transport.scripts["a"].extend([Outcome.THROTTLED] * 100)
    assert outcomes(rig, [Connection("a", OLD)]) == {"a": Outcome.LEFT}
    assert rig.clock.now < NOW + 0.1


def test_the_configured_rate_is_kept(rig: Rig) -> None:
    rig.environment["POSTS_PER_SECOND"] = "100"
    found = outcomes(rig, [Connection(str(number), OLD) for number in range(510)])
    assert set(found.values()) == {Outcome.DELIVERED}
    assert rig.clock.now - NOW == pytest.approx(5, abs=0.2)


def test_pending_retries_are_left_when_time_runs_out(rig: Rig) -> None:
    rig.clock.timeout = 4
    rig.environment["POSTS_PER_SECOND"] = "100"
    rig.transport.scripts["0"].extend([Outcome.THROTTLED] * 100)
    rig.transport.on_post = lambda: rig.clock.sleep(0.2)
    deliveries = deliver([Connection(str(number), OLD) for number in range(50)], {"": b"{}"}, rig.invocation())
    assert deliveries["0"] == Delivery(Outcome.LEFT, "ThrottledException")
    assert deliveries["49"] == Delivery(Outcome.LEFT)
    assert rig.clock.now < NOW + 4 - 2


def test_the_newest_message_is_requested_ten_times_per_second(rig: Rig) -> None:
    rig.environment["POSTS_PER_SECOND"] = "10"
    asked: list[bytes] = []

    def newest(last: Mapping[str, bytes]) -> Mapping[str, bytes]:
        asked.append(last[""])
        return {"": b'{"count":%d}' % (len(asked) + 1)}

    deliver([Connection(str(number), OLD) for number in range(35)], {"": b'{"count":1}'}, rig.invocation(), newest)
    counts = [rig.transport.received[str(number)][0]["count"] for number in range(35)]
    assert counts == sorted(counts)
    assert asked[:3] == [b'{"count":1}', b'{"count":2}', b'{"count":3}']


def test_each_connection_gets_the_message_of_its_name(rig: Rig) -> None:
    connections = [Connection("a", OLD), Connection("b", OLD, "blog"), Connection("c", OLD, "about")]
    messages = {"": b'{"count":1}', "blog": b'{"count":2}', "about": b'{"count":3}'}
    deliver(connections, messages, rig.invocation())
    assert [rig.transport.received[id_][0]["count"] for id_ in "abc"] == [1, 2, 3]


def test_throttling_slows_down_the_fan_out(rig: Rig) -> None:
    """Half of 300 posts at 1,000/s are throttled twice. Without adaptation this would take half a second."""
    rig.environment["POSTS_PER_SECOND"] = "1000"
    for number in range(0, 300, 2):
        rig.transport.scripts[str(number)].extend([Outcome.THROTTLED] * 2)
    found = outcomes(rig, [Connection(str(number), OLD) for number in range(300)])
    assert set(found.values()) == {Outcome.DELIVERED}
    assert rig.clock.now > NOW + 0.8
