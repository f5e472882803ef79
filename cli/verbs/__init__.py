"""Every verb, in the order in which `--help` lists them. One module for each group of tasks."""

from __future__ import annotations

from cli.declaration import Verbs
from cli.verbs import content, counter, deploying, operations, project, running, template

VERBS = Verbs(
    [
        *running.VERBS,
        *content.VERBS,
        *template.VERBS,
        *deploying.VERBS,
        *operations.VERBS,
        *counter.VERBS,
        *project.VERBS,
    ]
)

DESCRIPTION = "A résumé with a real-time visitor counter: run it here, deploy it to AWS."
FIRST_VERBS = ("local", "resume", "diff", "deploy", "status", "destroy", "test")
"""The verbs of the overview: what somebody who has just cloned this needs."""
