"""build.py's verbs against an emulator, with `--endpoint-url`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.deployment.command import Command
from tests.emulators.outcome import Outcome, outcome_of
from tests.emulators.servers import Cloud
from tests.local_system import copy_project

VERBS = {
    "doctor": (("doctor",), 0),
    "diff": (("diff",), 2),
    "deploy, with its smoke test": (("deploy", "--yes"), 0),
    "status": (("status",), 0),
    "deploy again: nothing changed": (("deploy", "--yes"), 0),
    "destroy --delete-data": (("destroy", "--yes", "--delete-data"), 0),
}
"""Check -> arguments and exit code. In this order: each finds what the ones before have left."""


def results(cloud: Cloud) -> Mapping[str, Outcome]:
    project = copy_project(cloud.folder / "project")
    if cloud.emulator.text_conditions:
        _write_text_in_conditions(project / "template_gen/router_role.py")
    command = Command(project, cloud.folder, cloud.url)
    return {name: outcome_of(partial(_run, command, *verb)) for name, verb in VERBS.items()}


def _write_text_in_conditions(generator: Path) -> None:
    source = generator.read_text(encoding="utf-8")
    changed = re.sub(r"\b(LEADING_KEYS|ATTRIBUTES): False", r'\1: "false"', source)
    assert changed != source
    generator.write_text(changed, encoding="utf-8")


def _run(command: Command, arguments: tuple[str, ...], wanted: int) -> None:
    done = command.run(*arguments)
    said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip().startswith(("error:", "!!"))]
    assert done.returncode == wanted, f"exit {done.returncode}: {' '.join(said[:1])}"
