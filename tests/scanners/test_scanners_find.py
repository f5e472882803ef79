"""Each real scanner finds a weakness that was planted for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scanners.bill_of_materials import validator
from scanners.finding import CannotRunError, Workplace
from scanners.run import SCANNERS
from tests.scanners.environment import ROOT, scanners_environment

WEAK: dict[str, Any] = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "all",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [{"Effect": "Allow", "Action": ["s3:PutObjekt"], "Resource": "*"}],
                        },
                    }
                ],
            },
        },
    }
}
PLANTED = {
    "checkov": ("CKV_AWS_18", "Bucket"),
    "cdk-nag": ("AwsSolutions-S1", "Bucket"),
    "parliament": ("UNKNOWN_ACTION", "Role"),
    "bandit": ("B307", "weak.py:1"),
    "zizmor": ("unpinned-uses", ".github/workflows/weak.yml:7"),
}
WORKFLOW = "name: weak\non: push\njobs:\n  a:\n    runs-on: ubuntu\n    steps:\n      - uses: actions/checkout@v5\n"


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    environment = scanners_environment()
    templates = tmp_path / "output" / "scan" / "templates"
    templates.mkdir(parents=True)
    (templates / "weak.json").write_text(json.dumps(WEAK))
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "weak.yml").write_text(WORKFLOW)
    (tmp_path / "weak.py").write_text("x = eval(input())\n")
    (tmp_path / "pyproject.toml").write_text("[tool.ruff.lint]\nignore = []\n[tool.ruff.lint.per-file-ignores]\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return Workplace(tmp_path, templates.parent, "us-east-1", environment, {"weak": templates / "weak.json"})


@pytest.mark.parametrize("name", PLANTED)
def test_it_finds_what_was_planted(workplace: Workplace, name: str) -> None:
    try:
        report = SCANNERS[name](workplace)
    except CannotRunError as reason:
        pytest.skip(str(reason))
    assert PLANTED[name] in {(finding.rule, finding.subject) for finding in report.findings}


@pytest.mark.parametrize("name", ["bandit", "zizmor"])
def test_it_finds_the_same_in_an_unpacked_archive(workplace: Workplace, name: str) -> None:
    shutil.rmtree(workplace.root / ".git")
    assert PLANTED[name] in {(finding.rule, finding.subject) for finding in SCANNERS[name](workplace).findings}


def test_the_schema_refuses_what_is_no_sbom() -> None:
    schema = validator(scanners_environment().folder)
    assert list(schema.iter_errors({"bomFormat": "CycloneDX", "specVersion": "1.6"})) == []
    assert list(schema.iter_errors({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a"}]}))
    assert ROOT.is_dir()
