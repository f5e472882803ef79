from __future__ import annotations

import pytest

from tests.router.fake_dynamodb import VISITS, record
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import Rig, recorded


def visit_ids(number: int) -> list[str]:
    return [f"visit-{index:04}" for index in range(number)]


def arrive(rig: Rig, number: int) -> None:
    rig.crowd()
    for visit in visit_ids(number):
        assert rig.connect(f"connection-of-{visit}", visit) == {"statusCode": 200}
    rig.lines.clear()


def test_recorded_visits_are_counted(rig: Rig) -> None:
    for raw in recorded("stream_visits")["Records"]:
        image = raw["dynamodb"]["NewImage"]
        rig.table.rows[VISITS][image["id"]["S"]] = image
    assert rig.send(recorded("stream_visits")) == {"batchItemFailures": []}
    assert rig.count() == 2
    (line,) = rig.lines
    assert {
        name: line[name] for name in ("message", "level", "visits", "repeated", "rejected", "left", "transactions")
    } == {
        "message": "counted",
        "level": "INFO",
        "visits": 2,
        "repeated": 0,
        "rejected": 0,
        "left": 0,
        "transactions": 1,
    }


def test_from_the_visit_to_the_page(rig: Rig) -> None:
    arrive(rig, 200)
    assert rig.send({"Records": rig.table.stream[:]}) == {"batchItemFailures": []}
    assert rig.send({"Records": rig.table.stream[200:]}) == {"batchItemFailures": []}
    assert all(got == [{"count": 200, "online": 200}] for got in rig.transport.received.values())
    assert len(rig.transport.received) == 200
    assert [line["message"] for line in rig.lines] == ["counted", "broadcast"]


def test_a_mixed_batch_broadcasts_the_new_count_and_its_record_does_not_repeat_it(rig: Rig) -> None:
    arrive(rig, 3)
    rig.send({"Records": rig.table.stream[:2]})
    end = len(rig.table.stream)
    rig.send({"Records": rig.table.stream[2:end]})
    assert rig.transport.received["connection-of-visit-0000"] == [{"count": 3, "online": 3}]
    rig.send({"Records": rig.table.stream[end:]})
    assert [line["message"] for line in rig.lines] == ["counted", "counted", "broadcast", "broadcast_unneeded"]
    assert rig.transport.tries == 3


def test_a_batch_delivered_again_changes_nothing_and_posts_nothing(rig: Rig) -> None:
    arrive(rig, 5)
    rig.send({"Records": rig.table.stream[:]})
    everything = {"Records": rig.table.stream[:]}
    rig.send(everything)
    posts = rig.transport.tries
    rig.send(everything)
    assert (rig.count(), rig.transport.tries) == (5, posts)


def test_a_rejected_visit_is_the_only_failure(rig: Rig) -> None:
    arrive(rig, 5)
    rig.table.poison = {"visit#visit-0003"}
    batch = rig.table.stream[:5]
    answer = rig.send({"Records": batch})
    assert answer == {"batchItemFailures": [{"itemIdentifier": batch[3]["dynamodb"]["SequenceNumber"]}]}
    assert rig.count() == 4
    assert (rig.lines[0]["level"], rig.lines[0]["rejected"]) == ("WARNING", 1)


def test_every_record_of_a_visit_that_was_not_counted_is_a_failure(rig: Rig) -> None:
    arrive(rig, 2)
    rig.table.poison = {"visit#visit-0001"}
    again = record("INSERT", "visit#visit-0001", 99, rig.table.rows[VISITS]["visit#visit-0001"])
    answer = rig.send({"Records": [*rig.table.stream[:2], again]})
    assert [failure["itemIdentifier"][-2:] for failure in answer["batchItemFailures"]] == ["02", "99"]


def test_visits_left_at_the_deadline_are_failures_and_counted_by_the_retry(rig: Rig) -> None:
    arrive(rig, 3)
    batch = {"Records": rig.table.stream[:]}
    rig.clock.timeout = 10
    rig.client = FaultyClient(rig.table, [Fault.CONFLICT] * 1000)
    assert len(rig.send(batch)["batchItemFailures"]) == 3
    rig.client = None
    assert rig.send(batch) == {"batchItemFailures": []}
    assert rig.count() == 3


@pytest.mark.parametrize("requests_before", range(5))
def test_a_broadcast_that_fails_fails_no_record(rig: Rig, requests_before: int) -> None:
    arrive(rig, 1)
    rig.send({"Records": rig.table.stream[:]})
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * requests_before, Fault.SERVER_ERROR])
    assert rig.send(recorded("stream_count")) == {"batchItemFailures": []}
    (line,) = rig.logged("broadcast_failed")
    assert line["error"] == "StoreBusyError"
    assert line["reason"].endswith("InternalServerError")
    assert rig.send(recorded("stream_count")) == {"batchItemFailures": []}
    assert rig.transport.received["connection-of-visit-0000"][-1] == {"count": 1, "online": 1}


def test_unknown_records_are_skipped_and_their_keys_logged(rig: Rig) -> None:
    arrive(rig, 1)
    odd = {"eventSource": "aws:kinesis", "kinesis": {"data": "secret"}}
    assert rig.send({"Records": [odd, *rig.table.stream, None]}) == {"batchItemFailures": []}
    assert rig.count() == 1
    (line,) = rig.logged("unknown_event")
    assert (line["source"], line["keys"], line["records"]) == ("stream", ["eventSource", "kinesis"], 2)
    assert rig.send({"Records": []}) == {"batchItemFailures": []}


def test_a_deleted_visit_is_ignored(rig: Rig) -> None:
    assert rig.send(recorded("stream_ttl")) == {"batchItemFailures": []}
    assert (rig.table.calls, rig.lines) == ([], [])
