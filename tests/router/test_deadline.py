from __future__ import annotations

from router.deadline import MARGIN_SECONDS, Deadline


def test_work_is_started_only_while_the_margin_is_left() -> None:
    deadline = Deadline(lambda: 4000)
    assert deadline.allows()
    assert deadline.allows(4 - MARGIN_SECONDS - 0.1)
    assert not deadline.allows(4 - MARGIN_SECONDS)
    assert not Deadline(lambda: round(MARGIN_SECONDS * 1000)).allows()
