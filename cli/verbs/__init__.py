"""All verbs, in the order of `--help`. One module per group of tasks."""

from __future__ import annotations

from cli.declaration import Verbs
from cli.verbs import content, counter, deploying, initialization, operations, project, running, template

VERBS = Verbs(
    [
        *running.VERBS,
        *content.VERBS,
        *template.VERBS,
        *deploying.VERBS,
        *operations.VERBS,
        *initialization.VERBS,
        *counter.VERBS,
        *project.VERBS,
    ]
)

DESCRIPTION = "A résumé with a real-time visitor counter: run it on this machine, deploy it to AWS."
FIRST_VERBS = ("local", "resume", "diff", "deploy", "status", "destroy", "test")
"""Verbs in the overview: what a user needs first."""
