"""Every request with moto and with the fake, which verifies the fake that other tests use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from router import items
from router.items import Totals, Visit
from router.storage.limit_part import Part
from router.storage.store import Store
from router.storage.transaction import Attempt
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import NOW

LIFE = 3600
DAY = "2026-11-29"


def row(store: Store, key: str) -> dict[str, Any] | None:
    answer = store.client.batch_get_item(RequestItems={VISITS: {"Keys": [{"id": {"S": key}}], "ConsistentRead": True}})
    rows = cast("list[dict[str, Any]]", answer["Responses"][VISITS])
    return rows[0] if rows else None


def uncounted(store: Store) -> set[Visit]:
    return {visit for page in store.uncounted_pages() for visit in page}


def test_a_visit_is_stored_once_and_then_unchanged(store: Store) -> None:
    assert store.record_visit("visit-one", NOW, LIFE) is True
    assert store.record_visit("visit-one", NOW + 50, LIFE) is False
    assert row(store, "visit#visit-one") == {
        "id": {"S": "visit#visit-one"},
        "arrivedAt": {"N": str(NOW)},
        "uncounted": {"S": "visit-one"},
        "expiresAt": {"N": str(NOW + LIFE)},
    }


def test_visits_are_counted_and_lose_their_mark(store: Store) -> None:
    visits = [Visit("one", NOW), Visit("two", NOW + 60 * 60), Visit("three", None)]
    for visit in visits:
        store.record_visit(visit.id, visit.arrived_at or NOW, LIFE)
    assert store.count(visits, NOW) == Attempt(applied=True)
    assert store.broadcasts.totals().count == 3
    assert row(store, "visitorCount") == {
        "id": {"S": "visitorCount"},
        "currentCount": {"N": "3"},
        f"day#{DAY}": {"N": "2"},
        "day#2026-11-30": {"N": "1"},
    }
    assert uncounted(store) == set()
    assert "uncounted" not in (row(store, "visit#one") or {"uncounted": 1})


def test_a_counted_visit_cancels_and_is_named(store: Store) -> None:
    one, two, absent = Visit("one", NOW), Visit("two", NOW), Visit("absent", NOW)
    store.record_visit("one", NOW, LIFE)
    store.record_visit("two", NOW, LIFE)
    assert store.count([one], NOW).applied
    attempt = store.count([two, one, absent], NOW)
    assert attempt == Attempt(applied=False, repeated=frozenset({one, absent}))
    assert store.broadcasts.totals().count == 1
    assert row(store, "visit#absent") is None
    assert uncounted(store) == {two}


def test_an_older_day_has_an_item_of_its_own(store: Store) -> None:
    arrived = NOW - 30 * 86_400
    visits = [Visit("one", arrived), Visit("one#blog", arrived), Visit("two", arrived + 86_400)]
    for visit in visits:
        store.record_visit(visit.id, visit.arrived_at or NOW, LIFE)
    assert store.count(visits, NOW).applied
    assert row(store, "day#2026-10-30") == {
        "id": {"S": "day#2026-10-30"},
        "visits": {"N": "1"},
        "visits#blog": {"N": "1"},
    }
    assert row(store, "visitorCount") == {
        "id": {"S": "visitorCount"},
        "currentCount": {"N": "2"},
        "visits#blog": {"N": "1"},
        "day#2026-10-31": {"N": "1"},
    }


def test_a_visit_is_counted_directly_once(store: Store) -> None:
    one, two = Visit("one", NOW), Visit("two", NOW)
    assert store.count_directly([one], NOW, LIFE) == Attempt(applied=True)
    assert store.count_directly([one], NOW, LIFE) == Attempt(applied=False, repeated=frozenset({one}))
    assert store.record_visit("one", NOW, LIFE) is False
    assert row(store, "visit#one") == {
        "id": {"S": "visit#one"},
        "arrivedAt": {"N": str(NOW)},
        "expiresAt": {"N": str(NOW + LIFE)},
    }
    assert store.count([one], NOW).repeated == {one}
    assert store.record_visit("two", NOW, LIFE) is True
    assert store.count_directly([two], NOW, LIFE).repeated == {two}
    assert store.numbers() == items.Numbers(1, {DAY: 1}, "one")
    assert store.count([two], NOW).applied
    assert store.numbers() == items.Numbers(2, {DAY: 2}), "the stream's transaction removes `lastVisit`"
    assert uncounted(store) == set()


def test_the_visit_to_a_name_is_counted_with_that_to_the_site(store: Store) -> None:
    visits = [Visit("one", NOW), Visit("one#blog", NOW)]
    assert store.count_directly(visits, NOW, LIFE).applied
    assert store.numbers() == items.Numbers(1, {DAY: 1}, "one#blog")
    assert store.numbers("blog") == items.Numbers(1, {DAY: 1}, "one#blog")
    other = [Visit("one", NOW), Visit("one#about", NOW)]
    assert store.count_directly(other, NOW, LIFE) == Attempt(applied=False, repeated=frozenset(other[:1]))
    assert store.count_directly(other[1:], NOW, LIFE).applied
    assert store.numbers() == items.Numbers(1, {DAY: 1}, "one#about")
    assert dict(store.broadcasts.totals().named) == {"about": 1, "blog": 1}


def test_99_visits_of_recent_days_fit_one_transaction(store: Store) -> None:
    visits = [Visit(f"visit-{number}", NOW - number % 30 * 86_400) for number in range(99)]
    for visit in visits:
        store.record_visit(visit.id, NOW, LIFE)
    assert store.count(visits, NOW).applied
    assert store.broadcasts.totals().count == 99


def test_the_index_lists_what_is_uncounted_page_by_page(store: Store) -> None:
    visits = {Visit(f"visit-{number}", NOW + number) for number in range(120)}
    for visit in visits:
        store.record_visit(visit.id, visit.arrived_at or 0, LIFE)
    counted = [visit for visit in visits if visit.id.endswith("7")]
    assert store.count(counted, NOW).applied
    pages = list(store.uncounted_pages())
    assert {visit for page in pages for visit in page} == visits - set(counted)
    assert len(pages) > 1
    assert max(map(len, pages)) <= 99


def test_totals_before_and_after_a_broadcast(store: Store) -> None:
    assert store.broadcasts.totals() == Totals(count=0, online=None, announced=0)
    store.broadcasts.record(7, 0, 0, None)
    assert store.broadcasts.totals() == Totals(count=0, online=7, announced=0)
    store.broadcasts.record(5, 0, 0, Totals(12, 5, 0))
    store.broadcasts.record(6, 0, 0, None)
    assert store.broadcasts.totals() == Totals(count=0, online=6, announced=12)


def test_one_broadcast_begins_at_a_time(store: Store) -> None:
    never = Totals(0, None, 0)
    assert store.broadcasts.begin(never, 1, NOW + 30)
    assert not store.broadcasts.begin(never, 2, NOW + 31)
    running = store.broadcasts.totals()
    assert (running.broadcast_at, running.begun_at) == (NOW + 30, 1)
    store.broadcasts.record(1, 0, NOW + 5, None, a_round=1)
    ended = store.broadcasts.totals()
    assert not store.broadcasts.begin(running, 2, NOW + 31)
    assert store.broadcasts.begin(ended, 2, NOW + 31)
    store.broadcasts.end(NOW + 6, 2)
    assert (store.broadcasts.totals().broadcast_at, store.broadcasts.totals().changes_told) == (NOW + 6, items.UNTOLD)


def test_a_broadcast_after_which_another_has_begun_stores_only_the_state_of_the_files(store: Store) -> None:
    assert store.broadcasts.begin(Totals(0, None, 0), 1, NOW)
    assert store.broadcasts.begin(store.broadcasts.totals(), 2, NOW + 30)
    running = store.broadcasts.totals()
    store.broadcasts.end(NOW + 1, 1)
    store.broadcasts.record(5, 9, NOW + 2, Totals(12, 5, 0), a_round=1)
    assert store.broadcasts.totals() == running
    store.broadcasts.record(5, 9, NOW + 2, Totals(12, 5, 0), items.Badge("0a", NOW), a_round=1)
    assert store.broadcasts.totals() == replace(running, badge=items.Badge("0a", NOW))


def test_a_whole_broadcast_in_the_same_second_is_another_one(store: Store) -> None:
    before = Totals(0, None, 0, broadcast_at=0)
    assert store.broadcasts.begin(before, NOW * 1000, NOW + 30)
    store.broadcasts.end(0, NOW * 1000)
    assert not store.broadcasts.begin(before, NOW * 1000 + 5, NOW + 30)


def test_a_visit_is_known_once_it_was_recorded(store: Store) -> None:
    assert not store.has_visit("visit-one")
    store.record_visit("visit-one", NOW, LIFE)
    assert store.has_visit("visit-one")


def test_the_salt_of_a_day_is_the_first_that_came(store: Store) -> None:
    first, second = b"1" * 32, b"2" * 32
    assert store.daily_salt(DAY, first, NOW) == first
    assert store.daily_salt(DAY, second, NOW) == first
    assert store.daily_salt("2026-11-30", second, NOW) == second
    assert row(store, f"salt#{DAY}") == {
        "id": {"S": f"salt#{DAY}"},
        "salt": {"S": first.hex()},
        "expiresAt": {"N": str(NOW)},
    }


def test_a_counter_stops_at_its_limit(store: Store) -> None:
    assert [store.take("limit#a", 3, NOW) for _ in range(5)] == [True, True, True, False, False]
    assert store.take("limit#b", 3, NOW)
    assert row(store, "limit#a") == {"id": {"S": "limit#a"}, "taken": {"N": "3"}, "expiresAt": {"N": str(NOW)}}


def test_the_count_with_badge_and_backup(store: Store) -> None:
    store.record_visit("one", NOW, LIFE)
    store.count([Visit("one", NOW)], NOW)
    assert (store.broadcasts.totals().count, store.broadcasts.counts().count, store.files.backup()[0].count) == (
        1,
        1,
        1,
    )


def test_the_numbers_of_the_last_days(store: Store) -> None:
    store.record_visit("one", NOW, LIFE)
    store.record_visit("two", NOW - 86_400 * 2, LIFE)
    store.count([Visit("one", NOW), Visit("two", NOW - 86_400 * 2)], NOW)
    assert store.numbers() == items.Numbers(2, {"2026-11-27": 1, DAY: 1})
    store.broadcasts.record(5, 0, 0, None)
    assert store.read_for_reply("nobody") == items.ForReply(items.Sender(), store.numbers(), 5)


def test_the_visit_of_a_connection(store: Store) -> None:
    store.connections.add("page", NOW, items.Sender("one", "blog"))
    store.connections.add("crawler", NOW)
    assert [store.read_for_reply(id_).sender for id_ in ("page", "crawler", "nobody")] == [
        items.Sender("one", "blog"),
        items.Sender(),
        items.Sender(),
    ]
    assert store.uncounted("one") is None
    store.record_visit("one", NOW - 5, LIFE)
    visit = Visit("one", NOW - 5)
    assert store.uncounted("one") == visit
    store.count([visit], NOW)
    assert store.uncounted("one") is None


def test_a_counter_and_its_part_are_incremented_together(store: Store) -> None:
    def take(part: str) -> bool:
        return store.take("limit#block", 3, NOW + LIFE, part=Part(part, 2))

    assert [take("networka"), take("networka"), take("networka")] == [True, True, False]
    assert [take("networkb"), take("networkb"), take("networkc")] == [True, False, False]


def test_several_requests_are_added_together_or_not_at_all(store: Store) -> None:
    assert store.take("limit#a", 5, NOW, 2)
    assert store.take("limit#a", 5, NOW, 3)
    assert not store.take("limit#a", 5, NOW, 1)
    assert store.take("limit#block", 5, NOW, 3, Part("networka", 2, 2, {"networkb": 1}))
    assert not store.take("limit#block", 5, NOW, 1, Part("networka", 2))
    assert store.take("limit#block", 5, NOW, 2, Part("networkb", 3, 2))
    assert row(store, "limit#block") == {
        "id": {"S": "limit#block"},
        "taken": {"N": "5"},
        "networka": {"N": "2"},
        "networkb": {"N": "3"},
        "expiresAt": {"N": str(NOW)},
    }


def test_a_table_keeps_its_first_id(store: Store) -> None:
    assert store.files.backup() == (Totals(0, None, 0), items.Backup(table_id="", written_at=0))
    assert store.files.assign_table_id("first") == "first"
    assert store.files.assign_table_id("second") == "first"
    store.files.record_backup(NOW)
    assert store.files.backup() == (Totals(0, None, 0), items.Backup(table_id="first", written_at=NOW))


def test_the_state_of_the_badge_is_stored(store: Store) -> None:
    assert store.broadcasts.totals().badge == items.Badge(digest="", written_at=0)
    store.broadcasts.record_badge(items.Badge("0a", NOW))
    assert store.broadcasts.totals() == Totals(0, None, 0, badge=items.Badge("0a", NOW))
    store.broadcasts.record(1, 0, 7, None, items.Badge("0b", NOW + 60))
    assert store.broadcasts.totals() == Totals(0, 1, 0, broadcast_at=7, badge=items.Badge("0b", NOW + 60))
    store.broadcasts.record(1, 0, 8, None)
    assert store.broadcasts.totals().badge.digest == "0b"


def test_counts_that_are_known_are_not_read(store: Store) -> None:
    store.broadcasts.record(5, 0, 0, Totals(12, 5, 0))
    known = items.Counts(13, {"blog": 2}, "visit-one")
    assert store.broadcasts.totals(known) == Totals(13, 5, 12, {"blog": 2}, last_visit="visit-one")
