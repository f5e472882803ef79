"""Findings, less what is accepted with a reason; an acceptance that fits nothing is a finding itself."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable

import template_gen
from scanners.finding import Finding, Report
from template_gen.acceptance import Accepted

STALE = "stale-acceptance"


def accepted_in_templates() -> list[Accepted]:
    """Every ACCEPTED of the modules that make resources."""
    modules = [importlib.import_module(f"template_gen.{found.name}") for found in pkgutil.iter_modules(_path())]
    return [one for module in modules for one in getattr(module, "ACCEPTED", ())]


def settled(
    version: str, read: str, findings: Iterable[Finding], accepted: Iterable[Accepted], rules: re.Pattern[str]
) -> Report:
    """The report that remains. `rules` says which rules are this scanner's: of the others it knows nothing."""
    reasons = {key: one.reason for one in accepted for key in one.keys if rules.match(key[0])}
    found = list(findings)
    used = {(one.rule, one.subject) for one in found} & reasons.keys()
    stale = [
        Finding(STALE, subject, "template_gen", f"{rule} is accepted there and not found any more")
        for rule, subject in sorted(reasons.keys() - used)
    ]
    left = [one for one in found if (one.rule, one.subject) not in reasons]
    return Report(version, read, tuple(left + stale), len(found) - len(left), len({reasons[key] for key in used}))


def _path() -> Iterable[str]:
    return template_gen.__path__
