"""Logical IDs, parameters and conditions share one namespace."""

from __future__ import annotations

from tests.template_gen.templates import TEMPLATES


def test_no_name_is_used_for_two_things() -> None:
    for template in TEMPLATES.values():
        groups = [template.get(part, {}).keys() for part in ("Parameters", "Conditions", "Resources")]
        assert sum(map(len, groups)) == len(set().union(*groups))
