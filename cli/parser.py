"""The argparse parser of the verbs, the overview of the main ones, and suggestions for a mistyped verb."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import Any

from cli.declaration import Group, Verb, Verbs
from errors import UsageError


def parser(verbs: Verbs, *, description: str, epilog: str, version: str) -> argparse.ArgumentParser:
    """Build the parser: a subparser for each verb, and for each action of a group."""
    top = argparse.ArgumentParser(prog="build.py", description=description, epilog=epilog)
    top.add_argument("--version", action="version", version=version)
    subparsers = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for one in verbs:
        if isinstance(one, Group):
            _add_group(subparsers, one)
        else:
            _add_verb(subparsers, one)
    return top


def parse(verbs: Verbs, words: Sequence[str], built: argparse.ArgumentParser) -> argparse.Namespace:
    """Parse the command line; `command` in the result is the `Verb`. Exits as argparse does when it is invalid."""
    return built.parse_args(_with_default_action(verbs, words))


def require_known_verb(verbs: Verbs, words: Sequence[str]) -> None:
    """Raise UsageError, suggesting the closest match, if the first of `words` is not a verb."""
    known = [one.name for one in verbs]
    if not words or words[0].startswith("-") or words[0] in known:
        return
    nearest = difflib.get_close_matches(words[0], known, 1)
    raise UsageError(
        "build.py",
        f"there is no verb {words[0]!r}",
        f"did you mean {nearest[0]}? python3 build.py --help lists all" if nearest else "python3 build.py --help",
    )


def overview(verbs: Verbs, shown: Sequence[str], introduction: str) -> str:
    """Return the introduction, the verbs in `shown` with their summaries, and how to list all verbs."""
    summaries = {one.name: one.summary for one in verbs}
    width = max(map(len, shown))
    lines = [f"  python3 build.py {name:<{width}}   {summaries[name]}" for name in shown]
    rest = len(summaries) - len(shown)
    return "\n".join([introduction, "", *lines, "", f"{rest} more, and all options: python3 build.py --help"])


def _add_group(subparsers: Any, group: Group) -> None:
    epilog = f"Without an action: {group.default}." if group.default else None
    added = subparsers.add_parser(group.name, help=group.summary, description=group.description, epilog=epilog)
    actions = added.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action in group.actions:
        _add_verb(actions, action)


def _add_verb(subparsers: Any, verb: Verb) -> None:
    added = subparsers.add_parser(verb.name, help=verb.summary, description=verb.description)
    added.set_defaults(command=verb)
    for one in verb.arguments:
        added.add_argument(*one.names, **one.options)


def _with_default_action(verbs: Verbs, words: Sequence[str]) -> list[str]:
    """Return `words` with the default action of a group inserted if none is given: ``count`` becomes ``count show``."""
    for group in verbs:
        if isinstance(group, Group) and group.default and list(words[:1]) == [group.name]:
            named = words[1:2] and not words[1].startswith("-")
            asks_for_help = {"-h", "--help"} & set(words[1:2])
            return [*words] if named or asks_for_help else [words[0], group.default, *words[1:]]
    return [*words]
