"""Generator of docs/commands.md: every verb with its arguments. `python -m cli.reference` writes the page."""

from __future__ import annotations

from collections.abc import Iterator

from cli.declaration import Argument, Verb
from cli.options import ACCOUNT
from cli.places import ROOT
from cli.verbs import VERBS

PAGE = ROOT / "docs" / "commands.md"
INTRODUCTION = """\
# Commands

Generated from the declarations in `cli/verbs`: `python -m cli.reference` writes this page.

Verbs marked with ☁ make requests to AWS, or to an emulator. They also accept these options:
"""


def reference() -> str:
    """Return the page as Markdown."""
    parts = [INTRODUCTION, _table(ACCOUNT)]
    for name, verb in VERBS.commands():
        own = [one for one in verb.arguments if not (one in ACCOUNT and _makes_requests(verb))]
        parts += [f"## `{name}`{' ☁' if _makes_requests(verb) else ''}\n", f"{' '.join(verb.description.split())}\n"]
        parts += [_table(own)] if own else []
    return "\n".join(parts)


def _makes_requests(verb: Verb) -> bool:
    return all(option in verb.arguments for option in ACCOUNT)


def _table(arguments: tuple[Argument, ...] | list[Argument]) -> str:
    return "\n".join(["| argument | |", "| --- | --- |", *_rows(arguments), ""])


def _rows(arguments: tuple[Argument, ...] | list[Argument]) -> Iterator[str]:
    for one in arguments:
        name = one.names[0]
        takes_value = name.startswith("-") and one.options.get("action") != "store_true"
        default = one.options.get("metavar") or name.strip("-").replace("-", "_").upper()
        shown = f"{name} {default}" if takes_value else str(default if not name.startswith("-") else name)
        choices = f"; one of {', '.join(one.options['choices'])}" if "choices" in one.options else ""
        yield f"| `{shown}` | {one.options['help']}{choices} |"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
