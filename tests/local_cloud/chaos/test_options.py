"""The choices made by the seed, and invalid options."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cli.main import build_parser
from errors import UsageError
from local_cloud.chaos.options import Options, check, sequence

FAULTS = ("one", "two", "three", "four")
OPTIONS = Options(Path("settings.toml"), seed=7)


def test_every_fault_comes_once_before_any_comes_again() -> None:
    order = sequence(Options(Path(), seed=7, rounds=8), FAULTS)
    assert sorted(order[:4]) == sorted(order[4:]) == sorted(FAULTS)
    assert sorted(sequence(OPTIONS, FAULTS)) == sorted(FAULTS)


def test_the_seed_decides_the_order() -> None:
    orders = [sequence(Options(Path(), seed=seed), FAULTS) for seed in range(20)]
    assert orders == [sequence(Options(Path(), seed=seed), FAULTS) for seed in range(20)]
    assert len({tuple(order) for order in orders}) > 1


def test_only_those_named() -> None:
    assert set(sequence(Options(Path(), seed=7, rounds=5, only=("two", "four")), FAULTS)) == {"two", "four"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(Path(), 7, only=("seven",)), "one of one, two, three, four"),
        (Options(Path(), 7, rounds=0), "pass 1 to 10,000"),
        (Options(Path(), 7, visitors=0), "pass 1 to 200"),
        (Options(Path(), 7, visitors=201), "pass 1 to 200"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(options: Options, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check(options, FAULTS)


def test_the_command_that_does_the_same_again_is_understood() -> None:
    again = Options(Path(), seed=7, rounds=3, visitors=4, only=("replay", "full-disk")).again()
    arguments = build_parser().parse_args(shlex.split(again)[2:])
    assert (arguments.seed, arguments.rounds, arguments.visitors) == (7, 3, 4)
    assert arguments.only == ["replay", "full-disk"]
