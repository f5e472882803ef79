"""Preparing a deploy, and building the site again for another address."""

from __future__ import annotations

from pathlib import Path

from deployment.aws.target import Target
from deployment.package.prepared import prepare
from tests.deployment.conftest import MakeSettings


def test_the_site_is_built_again_for_another_address_only(make_settings: MakeSettings, tmp_path: Path) -> None:
    prepared = prepare(make_settings(), Target("us-east-1"), tmp_path / "output", {}, lint=False)
    assert prepared.at(None) is prepared
    moved = prepared.at("https://d1.cloudfront.net")
    assert moved.address == "https://d1.cloudfront.net"
    assert moved.at("https://d1.cloudfront.net") is moved
    assert (prepared.site / "index.html").read_text() == "<h1>One</h1>"
    assert not (tmp_path / "output/lint").exists()


def test_with_an_emulator_the_site_has_no_address(make_settings: MakeSettings, tmp_path: Path) -> None:
    there = Target("us-east-1", "http://127.0.0.1:4566")
    prepared = prepare(make_settings(), there, tmp_path / "output", {}, lint=False)
    assert prepared.at("https://d1.cloudfront.net") is prepared
