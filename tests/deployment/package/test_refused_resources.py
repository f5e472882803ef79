"""A resource that troposphere refuses, such as one with a misspelled property: the line in template_gen is named."""

from __future__ import annotations

import re

import pytest
from troposphere import logs

from deployment.package.refused_resources import lines_named
from errors import LintError
from tests.deployment.command import Command


@pytest.mark.cloud
@pytest.mark.parametrize("verb", [["diff"], ["deploy", "--yes"]], ids=" ".join)
def test_a_misspelled_property_is_shown_with_its_line(command: Command, verb: list[str]) -> None:
    with command.with_template("router", "RetentionInDays=", "RetentionDays="):
        lines = (command.project / "template_gen/router.py").read_text().splitlines()
        refused = command.run(*verb)
    assert refused.returncode == LintError.exit_code
    place = re.compile(
        r"^error: template_gen/router\.py:(\d+): .* does not support attribute RetentionDays$", re.MULTILINE
    )
    found = place.search(refused.stderr)
    assert found, refused.stderr
    assert "logs.LogGroup(" in lines[int(found[1]) - 1]
    assert "report it" not in refused.stderr


@pytest.mark.cloud
def test_a_missing_property_names_the_resource(command: Command) -> None:
    with command.with_template("router", '        Role=GetAtt(ROLE, "Arn"),\n', ""):
        refused = command.run("diff")
    assert refused.returncode == LintError.exit_code
    assert "error: template_gen" in refused.stderr


def test_the_error_is_translated_wherever_the_resource_is() -> None:
    with pytest.raises(LintError, match="does not support attribute RetentionDays"), lines_named():
        logs.LogGroup("Logs", RetentionDays=3)


def test_any_other_error_is_a_bug_of_ours() -> None:
    with pytest.raises(ValueError, match="ours"), lines_named():
        raise ValueError("ours")
