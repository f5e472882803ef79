"""Findings of cfn-lint, and the cache of templates without findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from troposphere import Ref, Template, sns

from deployment.package.lint import findings, lint_variants, require_clean
from errors import LintError
from settings import validate
from tests.deployment.fakes import Lines

CLEAN = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
FAULTY = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Nmae": "x"}}}}, indent=1)


def test_a_finding_has_rule_line_and_path() -> None:
    (finding,) = findings(FAULTY, "us-east-1")
    assert str(finding).startswith("E3002 line 6 Resources/Topic/Properties/Nmae: ")


def test_an_unknown_region_is_linted_as_the_default_one() -> None:
    assert findings(CLEAN, "xx-future-1") == []


def test_a_faulty_template_is_refused_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(LintError, match="E3002"):
            require_clean(FAULTY, "us-east-1", tmp_path)


def test_a_template_without_findings_is_cached_by_region_and_content(tmp_path: Path) -> None:
    require_clean(CLEAN, "us-east-1", tmp_path)
    require_clean(CLEAN, "us-east-1", tmp_path)
    assert len(list((tmp_path / "lint").iterdir())) == 1
    require_clean(CLEAN, "eu-west-1", tmp_path)
    assert len(list((tmp_path / "lint").iterdir())) == 2


def test_every_variant_is_named(output: Path) -> None:
    lines = Lines()
    lint_variants(validate({}, Path("settings.toml")), output, lines)
    assert len(lines) > 5
    assert all(line.endswith("clean") for line in lines)


def test_the_findings_of_a_variant_are_printed_and_it_is_named(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty, clean = Template(), Template()
    faulty.add_resource(sns.Topic("Topic", TopicName=Ref("Nothing")))
    clean.add_resource(sns.Topic("Topic"))
    monkeypatch.setattr("deployment.package.lint.variants", lambda _: {"faulty": faulty, "clean": clean})
    lines = Lines()
    with pytest.raises(LintError, match=r"^faulty: cfn-lint has findings, listed above"):
        lint_variants(validate({}, Path("settings.toml")), output, lines)
    assert lines[0].startswith("faulty: 1 resources, ")
    assert "Nothing" in lines[1]
    assert lines[-1] == "clean: 1 resources, clean"
