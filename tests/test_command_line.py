"""A verb's declaration is its command: name, help, arguments."""

from __future__ import annotations

import argparse

import pytest

import build
from command_line import Verb, Verbs, argument, parser, switch


def test_a_verb_is_a_function_and_its_arguments() -> None:
    verbs = Verbs()

    @verbs(switch("--fast", "do not wait"), argument("name", nargs="?", default="you"))
    def greet_(arguments: argparse.Namespace) -> None:
        """Say hello. In one line."""

    parsed = parser(verbs, description="", epilog="").parse_args(["greet", "--fast", "me"])
    assert (parsed.run, parsed.fast, parsed.name) == (greet_, True, "me")
    assert [(verb.name, verb.told) for verb in verbs] == [("greet", "Say hello. In one line.")]


@pytest.mark.parametrize("verb", build.VERBS, ids=lambda verb: verb.name)
def test_every_verb_says_what_it_does_and_what_each_argument_is(verb: Verb) -> None:
    first, _, _ = verb.told.partition(". ")
    assert first
    assert len(first) <= 120
    assert all(one.options.get("help") for one in verb.arguments)
