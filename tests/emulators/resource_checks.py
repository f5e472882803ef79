"""Each resource of the template, alone with what it refers to, created by the emulator's CloudFormation.

A reference to a resource that the emulator does not create becomes a placeholder, so that each type gets a result of
its own. If it is refused then for want of what it refers to, it was not reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.emulators.outcome import CHANGED, FAILS, IGNORED, NOT_REACHED, WORKS, Outcome, failed
from tests.emulators.probe import (
    PLACEHOLDER,
    Resources,
    closure,
    create_stack,
    delete_stack,
    references,
    template,
    texts_in_conditions,
    upload_code,
    without,
)
from tests.emulators.servers import Cloud

_WORST_FIRST = (FAILS, NOT_REACHED, IGNORED, CHANGED, WORKS)


def results(cloud: Cloud) -> Mapping[str, Outcome]:
    """Return resource type -> the worst outcome of the template's resources of that type."""
    upload_code(cloud)
    resources: Resources = template()["Resources"]
    outcomes: dict[str, Outcome] = {}
    for name in sorted(resources, key=lambda name: (len(closure(name, resources)), name)):
        outcomes[name] = _create(cloud, name, resources, outcomes)
    found: dict[str, Outcome] = {}
    for name, outcome in outcomes.items():
        kind = resources[name]["Type"]
        found[kind] = min(found.get(kind, outcome), outcome, key=lambda one: _WORST_FIRST.index(one.result))
    return dict(sorted(found.items()))


def _create(cloud: Cloud, name: str, resources: Resources, outcomes: Mapping[str, Outcome]) -> Outcome:
    """Create one resource; if it works only with text in the conditions of policies, change it in `resources`."""
    outcome = _attempt(cloud, name, resources, outcomes)
    changed: Any = texts_in_conditions(resources[name])
    if outcome.result != FAILS or changed == resources[name]:
        return outcome
    again = _attempt(cloud, name, {**resources, name: changed}, outcomes)
    if again.result != WORKS:
        return outcome
    resources[name] = changed
    return failed(f'with "false" instead of false in conditions; else {outcome.reason}', CHANGED)


def _attempt(cloud: Cloud, name: str, resources: Resources, outcomes: Mapping[str, Outcome]) -> Outcome:
    needed = closure(name, resources) - {name}
    missing = {one for one in needed if outcomes[one].result not in (WORKS, CHANGED)}
    stack = f"probe-{name}"
    try:
        made = create_stack(cloud, stack, {one: without(missing, resources[one]) for one in {name} | needed - missing})
    except Exception as error:  # noqa: BLE001 - an emulator may answer with anything
        direct = references(resources[name], resources) & missing
        broken = {one for one in direct if outcomes[one].result != IGNORED or PLACEHOLDER in str(error)}
        kinds = sorted({resources[one]["Type"] for one in broken})
        reason = f"needs {', '.join(kinds)}" if kinds else str(error)
        return failed(reason, NOT_REACHED if kinds else FAILS)
    finally:
        delete_stack(cloud, stack)
    return Outcome(WORKS) if name in made else failed("the stack is CREATE_COMPLETE without it", IGNORED)
