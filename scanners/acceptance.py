"""Removal of findings that are accepted with a reason; an acceptance that matches no finding becomes a finding."""

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
    """Return every `ACCEPTED` entry of the modules of template_gen."""
    modules = [importlib.import_module(f"template_gen.{found.name}") for found in pkgutil.iter_modules(_path())]
    return [one for module in modules for one in getattr(module, "ACCEPTED", ())]


def apply_acceptances(
    version: str, read: str, findings: Iterable[Finding], accepted: Iterable[Accepted], rules: re.Pattern[str]
) -> Report:
    """Return the report of the findings that are not accepted, plus one finding for each stale acceptance.

    rules: matches the rule IDs of this scanner; acceptances of other scanners' rules are ignored.
    """
    reasons = {key: one.reason for one in accepted for key in one.keys if rules.match(key[0])}
    found = list(findings)
    used = {(one.rule, one.subject) for one in found} & reasons.keys()
    stale = [
        Finding(STALE, subject, "template_gen", f"{rule} is accepted there but no longer found")
        for rule, subject in sorted(reasons.keys() - used)
    ]
    left = [one for one in found if (one.rule, one.subject) not in reasons]
    return Report(version, read, tuple(left + stale), len(found) - len(left), len({reasons[key] for key in used}))


def _path() -> Iterable[str]:
    return template_gen.__path__
