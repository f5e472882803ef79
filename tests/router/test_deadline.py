from __future__ import annotations

from router.deadline import MARGIN_SECONDS, Deadline


def test_work_starts_only_before_the_margin() -> None:
    deadline = Deadline(lambda: 4000)
    assert deadline.allows()
    assert deadline.allows(4 - MARGIN_SECONDS - 0.1)
    assert not deadline.allows(4 - MARGIN_SECONDS)
    assert not Deadline(lambda: round(MARGIN_SECONDS * 1000)).allows()
