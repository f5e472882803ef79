"""A visit is stored once, and either counted or marked for the stream, even if requests arrive late.

The state machine delivers a request long after its response was given up, between or after any other requests. While
such a transaction is in progress, a write to one of its items may be rejected.
"""

from __future__ import annotations

from collections import Counter, deque
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from router.errors import EventFailedError
from router.memory import CALM_SECONDS, Memory
from tests.router.fake_dynamodb import VISITS, FakeDynamoDB, client_error
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import ENVIRONMENT, Rig, recorded
from tests.router.strategies import VISIT_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LOST = ReadTimeoutError(endpoint_url="https://dynamodb")


class Fate(Enum):
    """What happens to a write."""

    NOW = "applied, and answered"
    UNANSWERED = "applied, and the answer is lost"
    LATE = "given up, and applied later"
    LOST = "given up, and never applied"
    CONFLICT = "rejected because of a transaction in progress"


FATES = st.lists(st.sampled_from([Fate.NOW, *Fate]), max_size=8)


class LateClient:
    """A client whose writes have fates; further ones are applied. `late` has the requests that are still to arrive."""

    def __init__(self, table: FakeDynamoDB, late: list[Callable[[], object]], fates: Iterable[Fate]) -> None:
        self._table, self._late, self._fates = table, late, deque(fates)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            is_write = name in {"put_item", "transact_write_items"}
            fate = self._fates.popleft() if is_write and self._fates else Fate.NOW
            if fate is Fate.CONFLICT:
                raise _conflict(name, request)
            if fate is Fate.LATE:
                self._late.append(lambda: getattr(self._table, name)(**request))
            if fate in {Fate.LATE, Fate.LOST}:
                raise LOST
            answer = getattr(self._table, name)(**request)
            if fate is Fate.UNANSWERED:
                raise LOST
            return answer

        return call


def _conflict(name: str, request: dict[str, Any]) -> ClientError:
    if name == "put_item":
        return client_error("PutItem", "TransactionConflictException")
    reasons = [{"Code": "None"} for _ in request["TransactItems"][1:]]
    reasons.append({"Code": "TransactionConflict"})
    return client_error("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons)


class Recording(RuleBasedStateMachine):
    """Visits that are counted directly or marked, folds, sweeps and moves of days, with writes that arrive late."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig(environment={**ENVIRONMENT, "VISIT_NAMES": "blog"})
        self.late: list[Callable[[], object]] = []
        self.sockets = 0
        self.acknowledged: set[str] = set()
        self.expired: Counter[str] = Counter()  # the counted visits that DynamoDB has deleted

    @rule(visits=st.lists(VISIT_IDS, min_size=1, max_size=4), blog=st.booleans(), fates=FATES)
    def connect(self, visits: list[str], blog: bool, fates: list[Fate]) -> None:
        for visit in visits:
            self.sockets += 1
            name = "blog" if blog else ""
            answer = self._invoke(partial(self.rig.connect, f"c{self.sockets}", visit, name=name), fates)
            if answer == {"statusCode": 200}:
                self.acknowledged |= {f"visit#{visit}", *([f"named#{visit}#blog"] if blog else [])}

    @precondition(lambda self: self.rig.table.stream)
    @rule(data=st.data(), fates=FATES)
    def deliver(self, data: st.DataObject, fates: list[Fate]) -> None:
        stream = self.rig.table.stream
        start = data.draw(st.integers(0, len(stream) - 1))
        batch = stream[start : data.draw(st.integers(start + 1, len(stream)))]
        self._invoke(lambda: self.rig.send({"Records": batch}), fates)

    @rule(fates=FATES)
    def sweep(self, fates: list[Fate]) -> None:
        self._invoke(lambda: self.rig.send(recorded("scheduled")), fates)

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def arrive_late(self, data: st.DataObject) -> None:
        _arrive(self.late.pop(data.draw(st.integers(0, len(self.late) - 1))))

    @precondition(lambda self: not self.late)
    @rule()
    def expire(self) -> None:
        """DynamoDB deletes what is past its time. A visit that comes again is a new one."""
        for key, row in list(self.rig.table.rows[VISITS].items()):
            if int(row.get("expiresAt", {"N": "9" * 12})["N"]) < self.rig.clock.now:
                self.rig.table._delete(VISITS, {"id": {"S": key}})
                self.acknowledged.discard(key)
                self.expired[key.partition("#")[0]] += "uncounted" not in row

    @rule(crowd=st.booleans())
    def cold_start(self, crowd: bool) -> None:
        self.rig.memory = Memory()
        if crowd:
            self.rig.crowd()

    @rule(seconds=st.sampled_from([1, 15, 100, 50_000, 1_000_000, 3_000_000]))
    def wait(self, seconds: int) -> None:
        self.rig.clock.sleep(seconds)

    @invariant()
    def every_stored_visit_is_counted_or_marked(self) -> None:
        visits, named = self._keys("visit#"), self._keys("named#")
        counted = len(visits) - len(self._marked(visits)) + self.expired["visit"]
        assert self.rig.count() == sum(self.rig.days().values()) == counted
        blog, counted = self.rig.named_days("blog"), len(named) - len(self._marked(named)) + self.expired["named"]
        assert self.rig.count("blog") == sum(blog.values()) == counted
        assert min([0, *self.rig.days().values(), *blog.values()]) == 0

    @invariant()
    def every_acknowledged_visit_is_stored(self) -> None:
        assert self.acknowledged <= self._keys("visit#") | self._keys("named#")

    @invariant()
    def the_item_of_the_count_takes_one_write_unit(self) -> None:
        row = self.rig.table.rows[VISITS].get("visitorCount", {})
        assert sum(len(name) + len(next(iter(value.values()))) for name, value in row.items()) < 1024

    def teardown(self) -> None:
        while self.late:
            _arrive(self.late.pop())
        self.rig.memory = Memory()
        self.rig.clock.sleep(61)
        self.rig.send(recorded("scheduled"))
        self.every_stored_visit_is_counted_or_marked()
        assert self.rig.count() == len(self._keys("visit#")) + self.expired["visit"]
        assert self.rig.count("blog") == len(self._keys("named#")) + self.expired["named"]
        assert self.rig.store.days.history(self.rig.invocation().now()) == self.rig.days()

    def _invoke(self, event: Callable[[], Any], fates: Iterable[Fate]) -> Any:
        self.rig.client = LateClient(self.rig.table, self.late, fates)
        try:
            return event()
        except EventFailedError:
            return None
        finally:
            self.rig.client = None

    def _keys(self, prefix: str) -> set[str]:
        return {key for key in self.rig.table.rows[VISITS] if key.startswith(prefix)}

    def _marked(self, keys: set[str]) -> set[str]:
        return {key for key in keys if "uncounted" in self.rig.table.rows[VISITS][key]}


def _arrive(request: Callable[[], object]) -> None:
    try:
        request()
    except ClientError:
        return  # a condition no longer holds, and nobody is waiting for the answer


TestRecording = Recording.TestCase
TestRecording.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_conflict_makes_an_environment_leave_counting_to_the_stream_for_a_while(rig: Rig) -> None:
    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.CONFLICT])
    assert rig.connect("a", "visit-id-a") == {"statusCode": 200}
    rig.client = None
    rig.clock.now += CALM_SECONDS - 0.1
    rig.connect("b", "visit-id-b")
    assert (rig.count(), rig.table.calls.count("TransactWriteItems")) == (0, 0)
    rig.clock.now += 0.1
    rig.connect("c", "visit-id-c")
    assert (rig.count(), rig.table.calls.count("TransactWriteItems")) == (1, 1)
    rig.fold()
    assert rig.count() == 3


def test_a_lost_answer_is_found_and_counted_once(rig: Rig) -> None:
    rig.client = FaultyClient(rig.table, [Fault.NONE, Fault.LOST_ANSWER])
    assert rig.connect("a", "visit-id-a") == {"statusCode": 200}
    rig.client = None
    rig.fold()
    assert rig.count() == 1
    assert rig.table.calls.count("PutItem") == 2, "the connection, and the visit that exists"


def test_a_reload_changes_no_count(rig: Rig) -> None:
    rig.connect("a", "visit-id-a")
    calls = len(rig.table.calls)
    rig.connect("b", "visit-id-a")
    assert rig.table.calls[calls:] == ["PutItem", "TransactWriteItems", "UpdateItem"], "the last one notes who is here"
    assert rig.count() == 1
    assert [line["message"] for line in rig.lines] == ["visit_recorded", "visit_repeated"]


@pytest.mark.parametrize("crowd", [False, True])
def test_a_further_name_of_a_tab_is_counted_without_a_note(rig: Rig, crowd: bool) -> None:
    rig.environment["VISIT_NAMES"] = "blog"
    if crowd:
        rig.crowd()
    rig.connect("a", "visit-id-a")
    rig.connect("b", "visit-id-a", name="blog")
    rig.fold()
    assert (rig.count(), rig.count("blog")) == (1, 1)
    assert "presence" not in rig.table.rows[VISITS], "the broadcast of the count tells who is here"
