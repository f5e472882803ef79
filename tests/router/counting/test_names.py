"""Counts of pages with a name: the visit of a tab to a name is counted once, and the tab once for the site."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.counting.fold import fold
from router.items import Visit
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.faults import Fault, FaultyClient
from tests.router.rig import NOW, Rig, connect_event, message_event, recorded


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.environment |= {"VISIT_NAMES": "blog,about", "SITE_BUCKET": "site-bucket"}
    return made


def hello(rig: Rig, connection_id: str) -> dict[str, Any]:
    rig.send(message_event(connection_id))
    reply: dict[str, Any] = rig.transport.received[connection_id][-1]
    return reply


def settle(rig: Rig) -> None:
    """Count the visits, and broadcast the counts."""
    rig.fold()
    rig.fold()


def named(rig: Rig) -> dict[str, int]:
    return dict(rig.store.broadcasts.totals().named)


def test_a_tab_counts_once_for_each_name_and_once_for_the_site(rig: Rig) -> None:
    rig.connect("c1", "visit-id-1", name="blog")
    rig.connect("c2", "visit-id-1", name="about")
    rig.connect("c3", "visit-id-1", name="blog")
    rig.connect("c4", "visit-id-1")
    rig.connect("c5", "visit-id-2", name="blog")
    rig.fold()
    rig.fold()
    assert (rig.count(), named(rig)) == (2, {"blog": 2, "about": 1})
    assert rig.days() == {"2026-11-29": 2}
    assert rig.named_days("blog") == {"2026-11-29": 2}
    assert rig.table.rows[VISITS]["history#blog"] == {"id": {"S": "history#blog"}, "day#2026-11-29": {"N": "2"}}


def test_the_release_before_names_sees_no_further_visit_to_the_site(rig: Rig) -> None:
    """Its stream filter and its sweep take every row `visit#…` for one; a rollback must not count a tab twice."""
    rig.crowd()
    rig.connect("c1", "visit-id-1", name="blog")
    rows = rig.table.rows[VISITS]
    assert [key for key, row in rows.items() if key.startswith("visit#")] == ["visit#visit-id-1"]
    assert rows["named#visit-id-1#blog"]["uncounted"] == {"S": "visit-id-1#blog"}


def test_the_sweep_counts_a_late_visit_to_a_name(rig: Rig) -> None:
    rig.crowd()
    rig.connect("c1", "visit-id-1", name="blog")
    rig.clock.now += 3600
    rig.send(recorded("scheduled"))
    assert (rig.count(), named(rig)) == (1, {"blog": 1})


@pytest.mark.parametrize("name", ["unknown", "", "blog,about", "Blog", "x" * 500, "visits#blog"])
def test_a_name_that_is_not_in_the_settings_counts_for_the_site_only(rig: Rig, name: str) -> None:
    rig.connect("page", "visit-id-1", name=name)
    assert "pageName" not in rig.table.rows[CONNECTIONS]["page"]
    assert list(rig.table.rows[VISITS]) == ["visit#visit-id-1", "visitorCount"]


def test_the_reply_has_the_numbers_of_the_name_and_includes_the_visitor(rig: Rig) -> None:
    for number in range(3):
        rig.connect(f"c{number}", f"visit-id-{number}")
    rig.connect("blog", "visit-id-9", name="blog")
    assert hello(rig, "blog") == {"count": 1, "online": 1, "days": [*[0] * 29, 1]}
    settle(rig)
    assert hello(rig, "blog") == {"count": 1, "online": 4, "days": [*[0] * 29, 1]}
    assert hello(rig, "c1")["count"] == 4
    rig.connect("c1", "visit-id-1", name="blog")
    assert hello(rig, "c1")["count"] == 2


def test_a_broadcast_tells_each_page_its_own_count(rig: Rig) -> None:
    rig.connect("site", "visit-id-1")
    rig.connect("blog", "visit-id-2", name="blog")
    rig.connect("about", "visit-id-3", name="about")
    settle(rig)
    received = {id_: messages[-1] for id_, messages in rig.transport.received.items()}
    assert received == {
        "site": {"count": 3, "online": 3},
        "blog": {"count": 1, "online": 3},
        "about": {"count": 1, "online": 3},
    }


def test_a_second_page_in_a_tab_is_broadcast_although_the_count_of_the_site_is_the_same(rig: Rig) -> None:
    rig.connect("reader", "visit-id-1", name="blog")
    settle(rig)
    rig.send(recorded("stream_count"))
    assert rig.logged("broadcast_unneeded")
    rig.connect("other", "visit-id-2")
    settle(rig)
    rig.transport.received.clear()
    rig.connect("other", "visit-id-2", name="blog")
    settle(rig)
    assert rig.transport.received["reader"][-1] == {"count": 2, "online": 2}
    rig.transport.received.clear()
    rig.send(recorded("stream_count"))
    assert rig.transport.received == {}


def test_count_json_has_every_name_of_the_settings(rig: Rig) -> None:
    rig.connect("page", "visit-id-1", name="blog")
    settle(rig)
    content = json.loads(rig.bucket.files["count.json"])
    assert (content["count"], content["names"]) == (1, {"about": 0, "blog": 1})


def test_who_is_not_counted_gets_the_number_of_the_page(rig: Rig) -> None:
    rig.connect("owner", "visit-id-1", name="blog", count="no")
    assert list(rig.table.rows[VISITS]) == ["presence"]
    rig.connect("page", "visit-id-2", name="blog")
    rig.fold()
    rig.connect("other", "visit-id-3")
    rig.fold()
    assert hello(rig, "owner")["count"] == 1


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.LOST_REQUEST, Fault.THROTTLED])
@pytest.mark.parametrize("healthy_before", range(3))
def test_connecting_retries_and_counts_once(rig: Rig, fault: Fault, healthy_before: int) -> None:
    rig.client = FaultyClient(rig.table, [*[Fault.NONE] * healthy_before, fault, fault])
    assert rig.connect("page", "visit-id-1", name="blog") == {"statusCode": 200}
    rig.client = None
    rig.fold()
    assert (rig.count(), named(rig)) == (1, {"blog": 1})


def test_a_hundred_visits_with_names_are_folded_exactly_once(rig: Rig) -> None:
    rig.crowd()
    for number in range(100):
        rig.connect(f"c{number}", f"visit-id-{number}", name=("blog", "about")[number % 2])
    visits = [Visit(f"visit-id-{n}", NOW) for n in range(100)]
    visits += [Visit(f"visit-id-{n}#{('blog', 'about')[n % 2]}", NOW) for n in range(100)]
    folded = fold([*visits, *visits[50:150]], rig.invocation())
    assert (folded.numbers()["visits"], folded.transactions) == (100, 3)
    assert fold(visits, rig.invocation()).numbers()["visits"] == 0
    assert (rig.count(), named(rig)) == (100, {"blog": 50, "about": 50})


def test_a_name_alone_creates_the_count_of_the_site(rig: Rig) -> None:
    """The site's own visit can come in a later batch, and every reader of the item expects its count."""
    rig.crowd()
    rig.connect("page", "visit-id-1", name="blog")
    first = next(one for one in rig.table.stream if "visit-id-1#blog" in str(one))
    rig.send({"Records": [first]})
    assert rig.table.rows[VISITS]["visitorCount"]["currentCount"] == {"N": "0"}
    assert named(rig) == {"blog": 1}


def test_the_parameter_of_any_type_is_harmless(rig: Rig) -> None:
    event = connect_event("page", "visit-id-1")
    for odd in (["blog"], {"a": 1}, 7, None):
        event["queryStringParameters"]["name"] = odd
        assert rig.send(event) == {"statusCode": 200}
    assert "pageName" not in rig.table.rows[CONNECTIONS]["page"]
