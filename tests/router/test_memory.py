from __future__ import annotations

from router.memory import CALM_SECONDS, MAX_SUBJECTS, Clients, Contention, Memory


def test_a_conflict_is_remembered_for_a_while() -> None:
    contention = Contention()
    assert not contention.is_seen(1000.0)
    contention.see(1000.0)
    assert contention.is_seen(1000.0 + CALM_SECONDS - 0.01)
    assert not contention.is_seen(1000.0 + CALM_SECONDS)


def test_a_client_is_remembered_until_the_end_of_its_window() -> None:
    clients = Clients()
    clients.of("a", 600, 0).parts["x"] = 1
    assert clients.of("a", 600, 599).number == 1
    assert clients.of("b", 600, 599).number == 0
    assert clients.of("a", 1200, 600).number == 0


def test_the_memory_is_bounded_and_forgets_what_has_expired_first() -> None:
    clients = Clients()
    for number in range(MAX_SUBJECTS):
        clients.of(f"{number}", 600 if number % 2 else 60, 0).parts[""] = 1
    clients.of("one more", 600, 60)
    assert clients.of("1", 600, 60).number == 1
    assert clients.of("0", 600, 60).number == 0
    for number in range(2 * MAX_SUBJECTS):
        clients.of(f"other {number}", 600, 60)
    assert len(clients._requests) == MAX_SUBJECTS


def test_memories_are_apart() -> None:
    Memory().contention.see(1000.0)
    assert not Memory().contention.is_seen(1000.0)
