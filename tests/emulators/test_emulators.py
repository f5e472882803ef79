"""docs/emulators.md has every check, and the results of the emulators that are installed.

Without another emulator than `local`'s, nothing is measured: that takes a minute for each.
"""

from __future__ import annotations

import re

import pytest

from tests.emulators import command_checks, router_checks, service_checks
from tests.emulators.measured import measured
from tests.emulators.outcome import CHANGED, FAILS, IGNORED, NOT_REACHED, WORKS
from tests.emulators.probe import closure, references, template, texts_in_conditions, without
from tests.emulators.servers import EMULATORS, INSTALLED
from tests.local_system import ROOT

VARIES = "varies"
DOCUMENT = (ROOT / "docs/emulators.md").read_text(encoding="utf-8")


def documented() -> dict[str, dict[str, str]]:
    """Return emulator with version -> check -> result."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines() if line[:1] == "|"]
    start = next(number for number, row in enumerate(rows) if row[0] == "check")
    titles = rows[start][1:-1]
    results = [row for row in rows[start + 2 :] if len(row) == len(rows[start])]
    return {title: {row[0]: row[1 + number] for row in results} for number, title in enumerate(titles)}


def test_the_table_has_every_check_and_emulator() -> None:
    checks = {one["Type"] for one in template()["Resources"].values()}
    checks |= {*command_checks.VERBS, *router_checks.CHECKS, *service_checks.CHECKS}
    for title, results in documented().items():
        assert results.keys() == checks, title
        assert set(results.values()) <= {WORKS, CHANGED, FAILS, IGNORED, NOT_REACHED, VARIES}
    assert [re.sub(r" \d[\d.]*", "", title) for title in documented()] == list(EMULATORS)


@pytest.mark.cloud
@pytest.mark.parametrize("name", EMULATORS)
def test_the_results_are_those_of_the_emulator(name: str) -> None:
    emulator = EMULATORS[name]
    if not emulator.is_installed or not INSTALLED.is_dir():
        pytest.skip("no second emulator is installed; docs/emulators.md has the commands")
    assert emulator.title() in documented(), "another version: measure again, python -m tests.emulators"
    found = measured(emulator)
    reasons = {check: outcome.reason for check, outcome in found.items() if outcome.reason}
    wanted = {check: result for check, result in documented()[emulator.title()].items() if result != VARIES}
    assert {check: found[check].result for check in wanted} == wanted, reasons


RESOURCES = {
    "Role": {"Properties": {"Condition": {"Null": {"dynamodb:LeadingKeys": False}, "Bool": {"a": True}}}},
    "Function": {"Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}, "DependsOn": ["Logs"]},
    "Logs": {"Properties": {}},
    "Alias": {"Properties": {"Name": {"Ref": "Function"}, "Uri": {"Fn::Sub": "arn:${AWS::Region}:${Function.Arn}"}}},
}


def test_a_resource_is_taken_out_with_what_it_refers_to() -> None:
    assert references(RESOURCES["Function"], RESOURCES) == {"Role", "Logs"}
    assert closure("Alias", RESOURCES) == set(RESOURCES)
    assert closure("Role", RESOURCES) == {"Role"}


def test_what_is_missing_becomes_a_placeholder() -> None:
    properties = without({"Function"}, RESOURCES["Alias"])["Properties"]
    assert properties == {"Name": "placeholder", "Uri": {"Fn::Sub": "arn:${AWS::Region}:placeholder"}}
    assert references(without({"Role", "Logs"}, RESOURCES["Function"]), RESOURCES) == set()


def test_only_booleans_below_null_become_text() -> None:
    changed = texts_in_conditions(RESOURCES["Role"])
    assert changed["Properties"]["Condition"] == {"Null": {"dynamodb:LeadingKeys": "false"}, "Bool": {"a": True}}
