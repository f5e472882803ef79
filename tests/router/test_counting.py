"""Exactly once: the real router over a store that fails, loses answers and kills it, fed by a stream that repeats.

Whatever happens on the way, once the faults end and a sweep or two has run, the count is the number of distinct visits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from router.errors import EventFailedError
from tests.router.fake_dynamodb import VISITS
from tests.router.faults import Fault, FaultyClient, Killed
from tests.router.rig import Rig, recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULTS = st.lists(st.sampled_from(Fault), max_size=6)
# Few and short ids, so that repeats are common; enough of them for a fold of several days.
VISIT_IDS = st.integers(0, 40).map("visit-{:03}".format)


class Counting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig()
        self.connections = 0
        self.highest = 0

    @initialize(timeout=st.sampled_from([2.8, 4.0, 60.0]))
    def begin(self, timeout: float) -> None:
        self.rig.clock.timeout = timeout

    @rule(visits=st.lists(VISIT_IDS, min_size=1, max_size=5), faults=FAULTS)
    def arrive(self, visits: list[str], faults: list[Fault]) -> None:
        for visit in visits:
            self.connections += 1
            self._invoke(lambda visit=visit: self.rig.connect(f"connection-{self.connections}", visit), faults)

    @precondition(lambda self: self.rig.table.stream)
    @rule(data=st.data(), faults=FAULTS)
    def deliver(self, data: st.DataObject, faults: list[Fault]) -> None:
        """Any stretch of the stream, at any time: late, again, out of order between shards, bisected, with repeats."""
        stream = self.rig.table.stream
        start = data.draw(st.integers(0, len(stream) - 1))
        end = data.draw(st.integers(start + 1, len(stream)))
        batch = stream[start:end]
        if data.draw(st.booleans()):
            batch = [*batch, *data.draw(st.lists(st.sampled_from(batch), max_size=5))]
        answer = self._invoke(lambda: self.rig.send({"Records": batch}), faults)
        if answer is not None:
            self._check_answer(batch, answer)

    @rule(faults=FAULTS)
    def sweep(self, faults: list[Fault]) -> None:
        self._invoke(lambda: self.rig.send(recorded("scheduled")), faults)

    @rule(seconds=st.sampled_from([1, 30, 100, 40_000]))
    def wait(self, seconds: int) -> None:
        self.rig.clock.sleep(seconds)

    @invariant()
    def the_count_never_falls_never_exceeds_the_visits_and_is_the_sum_of_the_days(self) -> None:
        assert self.highest <= self.rig.count() <= len(self._visits())
        assert self.rig.count() == sum(self.rig.days().values()) == len(self._visits()) - len(self._uncounted())
        self.highest = self.rig.count()

    @invariant()
    def no_page_is_told_less_than_before(self) -> None:
        for connection, messages in self.rig.transport.received.items():
            counts = [message["count"] for message in messages]
            assert counts == sorted(counts)
            assert counts[-1] <= self.rig.count(), connection

    def teardown(self) -> None:
        self.rig.client = None
        self.rig.clock.timeout = 60.0
        self.rig.clock.sleep(61)
        self.rig.send(recorded("scheduled"))
        assert self.rig.count() == len(self._visits())
        assert self._uncounted() == set()
        self.rig.send(recorded("scheduled"))
        assert self.rig.store.totals().announced == self.rig.count()

    def _invoke(self, event: Any, faults: Sequence[Fault]) -> Any:
        self.rig.client = FaultyClient(self.rig.table, faults)
        try:
            return event()
        except (Killed, EventFailedError):
            return None  # Lambda's matter: it delivers again, or the sweep comes by
        finally:
            self.rig.client = None

    def _check_answer(self, batch: list[dict[str, Any]], answer: dict[str, Any]) -> None:
        """What is not reported as failed is not delivered again, so it has to be counted."""
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for record in batch:
            change = record["dynamodb"]
            if record["eventName"] == "INSERT" and change["Keys"]["id"]["S"].startswith("visit#"):
                done = change["Keys"]["id"]["S"] not in self._uncounted()
                assert done or change["SequenceNumber"] in failed

    def _visits(self) -> set[str]:
        return {key for key in self.rig.table.rows[VISITS] if key.startswith("visit#")}

    def _uncounted(self) -> set[str]:
        return {key for key in self._visits() if "uncounted" in self.rig.table.rows[VISITS][key]}


TestCounting = Counting.TestCase
TestCounting.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
