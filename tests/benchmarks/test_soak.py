"""The memory growth and the command line of the soak test."""

from __future__ import annotations

import pytest

from benchmarks.soak import PARTS, Sample, growth, parsed


def samples(*megabytes: float) -> list[Sample]:
    """Return one sample every half minute."""
    return [Sample(30.0 * number, 1, 1, 1, dict.fromkeys(PARTS, memory)) for number, memory in enumerate(megabytes)]


def test_growth_is_per_hour_over_the_second_half() -> None:
    assert growth(samples(10, 50, 90, 100, 101, 102, 103, 104), "edge") == pytest.approx(120)
    assert growth(samples(10, 90, 100, 100, 100, 100), "router") == pytest.approx(0)


def test_one_row_shows_no_growth() -> None:
    assert growth(samples(10), "emulator") == 0


@pytest.mark.parametrize("arguments", [["--minutes", "0"], ["--sockets", "0"], ["--every", "-1"]])
def test_arguments_must_be_positive(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parsed(arguments)
    assert refused.value.code == 2
    assert "must be greater than 0" in capsys.readouterr().err
