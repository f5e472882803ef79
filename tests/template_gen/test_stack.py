"""The generated templates as a whole: golden copies, determinism, lint, tags, references by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deployment.package.lint import findings, require_clean
from settings import validate
from template_gen import names
from template_gen.stack import generate, to_json
from template_gen.variants import variants

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = validate({}, Path("settings.toml"))
VARIANTS = {name: to_json(template) for name, template in variants(SETTINGS).items()}
SHARED = ("no domain", "domain in Route 53", "domain elsewhere", "artifacts", "certificate", "GitHub roles")


@pytest.mark.parametrize("variant", SHARED)
def test_a_variant_is_its_golden_copy(variant: str) -> None:
    """A change of the template shows as a diff in review. Accept it with UPDATE_GOLDEN=1."""
    path = GOLDEN / f"{variant.replace(' ', '-')}.json"
    readable = json.dumps(json.loads(VARIANTS[variant]), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(readable)
    assert readable == path.read_text()


@pytest.mark.parametrize("variant", VARIANTS)
def test_cfn_lint_has_no_finding(variant: str, linted: Path) -> None:
    require_clean(VARIANTS[variant], "us-east-1", linted.parent)


def test_the_linter_does_object_to_something_wrong() -> None:
    template = json.loads(VARIANTS["no domain"])
    template["Resources"][names.ROUTER]["Properties"]["MemorySize"] = 1
    assert [(finding.rule, finding.path) for finding in findings(json.dumps(template, indent=1), "us-east-1")] == [
        ("E3034", f"Resources/{names.ROUTER}/Properties/MemorySize")
    ]


def test_the_same_settings_give_the_same_bytes_whatever_the_order() -> None:
    one = validate({"tags": {"a": "1", "b": "2"}}, Path("settings.toml"))
    other = validate({"tags": {"b": "2", "a": "1"}}, Path("settings.toml"))
    assert to_json(generate(one)) == to_json(generate(other)) == to_json(generate(one))


def test_the_template_goes_into_a_request() -> None:
    """CloudFormation takes 51,200 bytes in the body; ours should not need the detour over S3."""
    assert all(len(text.encode()) < 51_200 for text in VARIANTS.values())


def references(node: Any) -> set[str]:
    """Every logical ID or parameter that Ref, GetAtt and Sub in `node` lead to."""
    if isinstance(node, list):
        return set().union(*map(references, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    found = set().union(*map(references, node.values())) if node else set()
    if isinstance(node.get("Ref"), str):
        found.add(node["Ref"])
    if isinstance(node.get("Fn::GetAtt"), list):
        found.add(node["Fn::GetAtt"][0])
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_everything_taggable_is_tagged(variant: str) -> None:
    untaggable = {
        "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::CloudFront::OriginAccessControl",
        "AWS::CloudFront::ResponseHeadersPolicy", "AWS::IAM::ManagedPolicy", "AWS::Lambda::Alias",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter", "AWS::PricingPlanManager::Subscription",
        "AWS::Route53::RecordSet", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }  # fmt: skip
    for logical_id, resource in json.loads(VARIANTS[variant])["Resources"].items():
        tags = resource["Properties"].get("Tags", resource["Properties"].get("ResourceTags"))
        if resource["Type"] in untaggable:
            assert tags is None
        else:
            assert tags in ({"Project": "cloud-resume"}, [{"Key": "Project", "Value": "cloud-resume"}]), logical_id


def test_every_reference_leads_somewhere_and_every_parameter_is_used() -> None:
    for text in VARIANTS.values():
        template = json.loads(text)
        known = template["Resources"].keys() | template.get("Parameters", {}).keys()
        used = references(template)
        assert {name for name in used if not name.startswith("AWS::")} <= known
        substituted = {name for name in template.get("Parameters", {}) if f"${{{name}}}" in text}
        assert template.get("Parameters", {}).keys() <= used | substituted


def test_the_template_is_ascii_whatever_the_settings_hold() -> None:
    """GetTemplate returns `?` for every other character, so that a template read back would no longer be valid."""
    settings = validate({"tags": {"Größe": "履歴書"}}, Path("settings.toml"))
    text = to_json(generate(settings))
    assert text.isascii()
    assert {"Key": "Größe", "Value": "履歴書"} in json.loads(text)["Resources"]["Router"]["Properties"]["Tags"]
