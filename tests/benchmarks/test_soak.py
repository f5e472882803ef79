"""What the soak says of memory, and what it takes on the command line."""

from __future__ import annotations

import pytest

from benchmarks.soak import PARTS, Sample, growth, parsed


def samples(*megabytes: float) -> list[Sample]:
    """One every half minute."""
    return [Sample(30.0 * number, 1, 1, 1, dict.fromkeys(PARTS, held)) for number, held in enumerate(megabytes)]


def test_growth_is_that_of_the_second_half_by_the_hour() -> None:
    assert growth(samples(10, 50, 90, 100, 101, 102, 103, 104), "edge") == pytest.approx(120)
    assert growth(samples(10, 90, 100, 100, 100, 100), "router") == pytest.approx(0)


def test_one_row_shows_no_growth() -> None:
    assert growth(samples(10), "emulator") == 0


@pytest.mark.parametrize("arguments", [["--minutes", "0"], ["--sockets", "0"], ["--every", "-1"]])
def test_a_soak_of_nothing_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parsed(arguments)
    assert refused.value.code == 2
    assert "more than nothing" in capsys.readouterr().err
