"""The emulator's process: ministack with SAM's transform, and on request slow to create or update a resource.

An account takes seconds for a resource, so a kill usually lands inside a change set; ministack takes milliseconds.
An account also refuses a change set for a stack that is being created or updated; ministack 1.5.33 takes it.

Usage: python -m benchmarks.deploys.slow_ministack SECONDS_PER_RESOURCE [FOLDER WITH aws-sam-translator]
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    sys.path.extend(sys.argv[2:])  # last, so that it changes no other package of the emulator
    if seconds := float(sys.argv[1]):
        _slow_down(seconds)
    _refuse_change_sets_of_busy_stacks()
    from ministack import app

    sys.argv[1:] = []
    app.main()


def _slow_down(seconds: float) -> None:
    from ministack.services.cloudformation import stacks

    # In a thread, as ministack does with custom resources: meanwhile it answers other requests.
    stacks._runs_on_worker_thread = lambda _: True  # noqa: SLF001
    for name in ("_provision_keeping_seed", "_update_keeping_seed"):
        setattr(stacks, name, _after(seconds, getattr(stacks, name)))


def _refuse_change_sets_of_busy_stacks() -> None:
    from ministack.services.cloudformation import changesets, handlers

    def create(params: Any) -> Any:
        stack = handlers._resolve_stack(changesets._p(params, "StackName")) or {}  # noqa: SLF001
        status = stack.get("StackStatus", "")
        if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            message = f"Stack:{stack['StackId']} is in {status} state and can not be updated."
            return changesets._error("ValidationError", message)  # noqa: SLF001
        return changesets._create_change_set(params)  # noqa: SLF001

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create  # noqa: SLF001


def _after(seconds: float, call: Callable[..., Any]) -> Callable[..., Any]:
    def slow(*arguments: Any) -> Any:
        time.sleep(seconds)
        return call(*arguments)

    return slow


if __name__ == "__main__":
    main()
