from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from router.counting.fold import FoldResult, fold
from router.items import Visit
from tests.router.fake_dynamodb import FakeDynamoDB, client_error
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, Rig

if TYPE_CHECKING:
    from collections.abc import Iterable


def arrive(rig: Rig, names: Iterable[str]) -> list[Visit]:
    visits = [Visit(name, NOW) for name in names]
    for visit in visits:
        rig.store.record_visit(visit.id, NOW, 3600)
    return visits


def test_results_are_added() -> None:
    total = FoldResult({"a"}, {"b"}, {"c"}, {"d"}, 2)
    total.add(FoldResult({"e"}, {"f"}, {"g"}, {"h"}, 3))
    assert total == FoldResult({"a", "e"}, {"b", "f"}, {"c", "g"}, {"d", "h"}, 5)
    assert total.numbers() == {"visits": 2, "repeated": 2, "rejected": 2, "left": 2, "transactions": 5}


def test_nothing_to_fold(rig: Rig) -> None:
    assert fold([], rig.invocation()) == FoldResult()
    assert rig.table.calls == []


def test_250_visits_with_duplicates(rig: Rig) -> None:
    visits = arrive(rig, map(str, range(250)))
    folded = fold([*visits, *visits[:30]], rig.invocation())
    assert (len(folded.counted), folded.transactions) == (250, 3)
    assert rig.count() == sum(rig.days().values()) == 250


def test_visits_counted_before_are_left_out(rig: Rig) -> None:
    visits = arrive(rig, "abcdef")
    fold(visits[:2], rig.invocation())
    folded = fold(visits, rig.invocation())
    assert folded.repeated == {"a", "b"}
    assert folded.counted == {"c", "d", "e", "f"}
    assert (folded.transactions, rig.clock.now) == (2, NOW), "retried at once"
    assert rig.count() == 6
    assert fold(visits, rig.invocation()) == FoldResult(repeated=set("abcdef"), transactions=1)


def test_visits_without_a_time_belong_to_the_day_on_which_they_are_counted(rig: Rig) -> None:
    arrive(rig, "ab")
    assert fold([Visit("a", None), Visit("b", None)], rig.invocation()).counted == {"a", "b"}
    assert rig.days() == {"2026-11-29": 2}


def test_the_pause_starts_short_after_a_success(rig: Rig) -> None:
    visits = arrive(rig, map(str, range(250)))
    rig.client = FaultyClient(rig.table, [Fault.CONFLICT, Fault.CONFLICT, Fault.NONE, Fault.CONFLICT])
    assert len(fold(visits, rig.invocation()).counted) == 250
    assert rig.clock.now - NOW == pytest.approx(0.05 + 0.1 + 0.05, abs=1e-5)


def test_an_invalid_visit_is_rejected_and_the_others_counted(rig: Rig) -> None:
    visits = arrive(rig, "abcde")
    fold(visits[:1], rig.invocation())
    rig.table.poison = {"visit#c"}
    folded = fold(visits, rig.invocation())
    assert (folded.rejected, folded.repeated, folded.counted) == ({"c"}, {"a"}, {"b", "d", "e"})
    assert rig.count() == 4


def test_an_invalid_visit_that_dynamodb_does_not_name_is_found_by_bisection(rig: Rig) -> None:
    class Unspecific(FakeDynamoDB):
        def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            if any(item["Update"]["Key"]["id"]["S"] == "visit#c" for item in TransactItems):
                raise client_error("TransactWriteItems", "ValidationException")
            return super().transact_write_items(TransactItems=TransactItems)

    rig.table = Unspecific()
    folded = fold(arrive(rig, "abcdefgh"), rig.invocation())
    assert folded == FoldResult(counted=set("abdefgh"), rejected={"c"}, transactions=7)
    assert rig.clock.now == NOW
    assert rig.count() == 7


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.CONFLICT, Fault.LOST_REQUEST])
def test_busy_transactions_are_retried_after_a_pause(rig: Rig, fault: Fault) -> None:
    visits = arrive(rig, "abc")
    rig.client = FaultyClient(rig.table, [fault] * 3)
    assert fold(visits, rig.invocation()).counted == set("abc")
    assert rig.clock.now - NOW == pytest.approx(0.05 + 0.1 + 0.2, abs=1e-5)


def test_a_lost_answer_counts_once(rig: Rig) -> None:
    visits = arrive(rig, "abc")
    rig.client = FaultyClient(rig.table, [Fault.LOST_ANSWER])
    assert fold(visits, rig.invocation()).repeated == set("abc")
    assert rig.count() == 3


def test_visits_are_left_at_the_deadline(rig: Rig) -> None:
    visits = arrive(rig, "abc")
    rig.clock.timeout = 10
    rig.client = FaultyClient(rig.table, [Fault.CONFLICT] * 1000)
    folded = fold(visits, rig.invocation())
    assert folded.left == set("abc")
    assert rig.clock.now < NOW + 10
    rig.clock.timeout = 2
    assert fold(visits, rig.invocation()).transactions == 0
