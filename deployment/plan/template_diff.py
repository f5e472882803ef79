"""Comparison of two templates, property by property. Pure.

It provides the values that a change set lacks (with an emulator or an older endpoint), and the changes of a stack that
has no change set because it does not exist yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deployment.stack.changes import PropertyChange, ResourceChange


@dataclass(frozen=True)
class ResolvedTemplate:
    """A template and the values of its parameters; both empty if there is no stack."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    @property
    def resources(self) -> Mapping[str, Any]:
        """Return the resources of the template by logical ID."""
        resources: Mapping[str, Any] = self.template.get("Resources", {})
        return resources

    def properties(self, logical_id: str) -> Mapping[str, Any]:
        """Return the resolved properties of a resource, empty if it has none."""
        properties: Mapping[str, Any] = self.resolve(self.resources.get(logical_id, {}).get("Properties", {}))
        return properties

    def resolve(self, value: Any) -> Any:
        """Return `value` with references to parameters resolved; references to resources are left as they are."""
        if isinstance(value, Mapping):
            if set(value) == {"Ref"} and value["Ref"] in self.parameters:
                return self.parameters[value["Ref"]]
            return {key: self.resolve(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        return value


def compare(before: ResolvedTemplate, after: ResolvedTemplate) -> tuple[ResourceChange, ...]:
    """Return the added, removed and modified resources. Which of them will be replaced is not known here."""
    changes = []
    for logical_id in sorted(before.resources.keys() | after.resources.keys()):
        old, new = before.resources.get(logical_id), after.resources.get(logical_id)
        if new is not None and old is None:
            changes.append(ResourceChange(logical_id, new["Type"], "Add"))
        elif old is not None and new is None:
            policy = old.get("DeletionPolicy", "Delete")
            changes.append(ResourceChange(logical_id, old["Type"], "Remove", policy=policy))
        elif new is not None and (
            found := tuple(_differences("", before.properties(logical_id), after.properties(logical_id)))
        ):
            changes.append(ResourceChange(logical_id, new["Type"], "Modify", properties=found))
    return tuple(changes)


def with_values(change: ResourceChange, before: ResolvedTemplate, after: ResolvedTemplate) -> ResourceChange:
    """Return `change` with the values missing in the change set filled in from the templates."""
    properties: list[PropertyChange] = []
    for one in change.properties:
        if one.before is not None or one.after is not None:
            properties.append(one)
            continue
        old = before.properties(change.logical_id).get(one.path)
        new = after.properties(change.logical_id).get(one.path)
        found = [replace(item, recreates=one.recreates) for item in _differences(one.path, old, new)]
        properties += found or [one]
    return replace(change, properties=tuple(properties), policy=change.policy or _policy(change, before, after))


def _policy(change: ResourceChange, before: ResolvedTemplate, after: ResolvedTemplate) -> str:
    """Return the deletion policy, or for a possible replacement the update replace policy, from the templates."""
    if change.action == "Remove":
        return str(before.resources.get(change.logical_id, {}).get("DeletionPolicy", "Delete"))
    return (
        str(after.resources.get(change.logical_id, {}).get("UpdateReplacePolicy", "Delete")) if change.replaces else ""
    )


def _differences(path: str, before: Any, after: Any) -> Iterator[PropertyChange]:
    """Yield the differences, recursing into mappings and into lists of equal length to report the smallest change."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping) and not _is_function(before, after):
        for key in sorted(before.keys() | after.keys()):
            yield from _differences(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(f"{path}[{number}]", old, new)
    else:
        yield PropertyChange(path, _text(before), _text(after))


def _is_function(*values: Mapping[str, Any]) -> bool:
    return any(len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")) for value in values)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
