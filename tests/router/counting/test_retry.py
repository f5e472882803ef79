from __future__ import annotations

import pytest

from router.counting.retry import RETRY_SECONDS, Retrier
from router.deadline import MARGIN_SECONDS
from router.errors import StoreBusyError, StoreError
from tests.router.rig import NOW, Rig


class Step:
    """A step that fails a number of times."""

    def __init__(self, failures: int, error: StoreError) -> None:
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "result"


def test_a_busy_step_is_retried_with_backoff(rig: Rig) -> None:
    step = Step(3, StoreBusyError("PutItem", "ThrottlingException"))
    assert Retrier.of(rig.invocation()).run(step) == "result"
    assert step.calls == 4
    assert rig.clock.now - NOW == pytest.approx(0.05 + 0.1 + 0.2, abs=1e-5)


def test_other_errors_are_not_retried(rig: Rig) -> None:
    step = Step(1, StoreError("PutItem", "AccessDeniedException"))
    with pytest.raises(StoreError, match="AccessDenied"):
        Retrier.of(rig.invocation()).run(step)
    assert (step.calls, rig.clock.now) == (1, NOW)


def test_all_steps_share_the_time(rig: Rig) -> None:
    rig.clock.timeout = 60
    retrier = Retrier.of(rig.invocation())
    rig.clock.sleep(RETRY_SECONDS / 2)
    with pytest.raises(StoreBusyError):
        retrier.run(Step(1000, StoreBusyError("PutItem", "ThrottlingException")))
    spent = rig.clock.now - NOW
    assert RETRY_SECONDS - MARGIN_SECONDS - 1 < spent <= RETRY_SECONDS - MARGIN_SECONDS
