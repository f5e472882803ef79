from __future__ import annotations

import os
from typing import Any, cast

import pytest

from router import dependencies
from router.dependencies import Dependencies
from tests.router.rig import ENVIRONMENT, NOW, Rig


def counting_dependencies(made: list[str]) -> Dependencies:
    """Return dependencies that record what they create."""

    def make(name: str) -> Any:
        def record(*arguments: Any) -> Any:
            made.append(" ".join([name, *map(str, arguments[1:])]))
            return object()

        return record

    return Dependencies(
        environment={**ENVIRONMENT, "SITE_BUCKET": "site", "BACKUP_BUCKET": "artifacts"},
        make_store=make("store"),
        make_transport=make("transport"),
        make_bucket=make("bucket"),
        clock=lambda: NOW + 0.9,
        sleep=lambda _: None,
        random=lambda: 0.5,
        write=lambda _: None,
    )


def test_clients_are_created_once_and_on_first_use() -> None:
    made: list[str] = []
    found = counting_dependencies(made)
    assert made == []
    for name in ("store", "transport", "bucket", "backups", "configuration", "salts"):
        assert getattr(found, name) is getattr(found, name)
    assert made == ["store", "transport", "bucket site", "bucket artifacts"]


@pytest.mark.parametrize(("attempt", "longest"), [(1, 0.1), (2, 0.2), (3, 0.4), (5, 1.6), (6, 1.6), (10_000, 1.6)])
def test_the_backoff_is_exponential_with_full_jitter(rig: Rig, attempt: int, longest: float) -> None:
    assert rig.invocation().backoff(attempt) == pytest.approx(longest / 2)


def test_a_pause_needs_time(rig: Rig) -> None:
    rig.clock.timeout = 2.56
    assert rig.invocation().pause(1)
    assert rig.clock.now - NOW == pytest.approx(0.05, abs=1e-5)
    rig.clock.timeout = 2.54
    assert not rig.invocation().pause(1)
    assert rig.clock.now - NOW == pytest.approx(0.05, abs=1e-5)


def test_the_time_is_in_whole_seconds(rig: Rig) -> None:
    rig.clock.now = NOW + 0.9
    assert rig.invocation().now() == NOW


def test_the_real_dependencies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "SITE_BUCKET": "site", "BACKUP_BUCKET": "artifacts"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    found = dependencies.real()
    assert found.environment is os.environ
    assert (found.store.visits, found.store.connections.table) == ("VisitorCounts", "ConnectionIDs")
    assert cast("Any", found.bucket).name == "site"
    assert cast("Any", found.backups).name == "artifacts"
    assert cast("Any", found.transport).client.endpoint.path == "/live"
    assert len(found.entropy(32)) == 32
    cast("Any", found.transport).client.close()
    found.store.client.close()
