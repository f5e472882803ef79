"""A missing output is an error with a next step, wherever it is read."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.operations.health import examine
from deployment.site.upload import SitePlace
from deployment.smoke.client import address
from deployment.stack.required_output import required, required_after_deploy
from errors import StackError
from template_gen import names

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("cli", "deployment", "local_cloud")


def test_an_output_is_returned() -> None:
    assert required({"SiteUrl": "https://x"}, "SiteUrl") == "https://x"


def test_a_missing_output_is_named_with_the_next_step() -> None:
    with pytest.raises(StackError, match=r"the stack, output SiteUrl: is missing") as caught:
        required({}, names.SITE_URL)
    assert caught.value.next_step == "deploy again: python3 build.py deploy"


def test_one_missing_after_a_deploy_is_the_emulators_and_deploying_again_is_no_advice() -> None:
    """moto 5.2.5 returns no outputs of a stack that a change set created."""
    assert required_after_deploy({"Bucket": "b"}, "Bucket", "stack s") == "b"
    with pytest.raises(
        StackError, match=r"stack s, output Bucket: .* this CloudFormation does not return it"
    ) as caught:
        required_after_deploy({}, "Bucket", "stack s")
    assert "deploy again" not in caught.value.next_step


def test_the_readers_raise_it() -> None:
    table = {names.VISITOR_COUNTS_TABLE: "counts"}
    with pytest.raises(StackError, match=names.ROUTER_FUNCTION):
        examine(table, {}, Target("us-east-1"), datetime.now(UTC))
    with pytest.raises(StackError, match=names.DISTRIBUTION_DOMAIN):
        address(table, Target("us-east-1"))
    with pytest.raises(StackError, match=names.DISTRIBUTION_ID):
        SitePlace.of({names.SITE_BUCKET_NAME: "site"}, "artifacts")


def unguarded(path: Path) -> list[int]:
    """Return the lines that read an output by index, unless a condition has checked that it exists."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checked = {
        ast.unparse(node.left)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value).endswith("outputs")
        and ast.unparse(node.slice).startswith("names.")
        and ast.unparse(node.slice) not in checked
    ]


def test_no_output_is_read_by_index() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if (lines := unguarded(path))
    }
    assert found == {}
