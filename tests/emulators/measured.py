"""All checks of one emulator. Each group gets an emulator of its own, so that none finds what another has left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.emulators import command_checks, resource_checks, router_checks, service_checks
from tests.emulators.outcome import Outcome
from tests.emulators.servers import Cloud, Emulator, running

GROUPS: tuple[Callable[[Cloud], Mapping[str, Outcome]], ...] = (
    resource_checks.results,
    command_checks.results,
    router_checks.results,
    service_checks.results,
)


def measured(emulator: Emulator) -> dict[str, Outcome]:
    """Return check -> outcome."""
    found: dict[str, Outcome] = {}
    for group in GROUPS:
        with running(emulator) as cloud:
            found |= group(cloud)
    return found
