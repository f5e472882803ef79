"""Scanner findings that we accept: beside the resource, with the reason. It does not ship in the template.

A module that makes resources lists its acceptances in ACCEPTED. `scanners` takes them away from what is found; one that
fits no finding any more fails the scan, as one without a reason would not even be written.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The rules, of whichever scanners, that `reason` answers on each of these resources (logical IDs)."""

    resources: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str

    @property
    def keys(self) -> set[tuple[str, str]]:
        """(rule, logical ID), one for each that has to occur."""
        return {(rule, resource) for rule in self.rules for resource in self.resources}
