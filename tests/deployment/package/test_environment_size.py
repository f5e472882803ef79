"""The size of the router's environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.package.environment_size import LIMIT, environment_size
from deployment.package.lint import lint_variants
from deployment.package.template_file import write_template
from errors import SettingsError
from settings import validate
from tests.deployment.fakes import Lines

MANY = [f"https://a-rather-long-name-of-a-site-{number:03}.example.com" for number in range(60)]


def test_too_many_origins_are_refused_before_the_deploy(tmp_path: Path, say: Lines) -> None:
    settings = validate({"visits": {"allowed_origins": MANY}}, Path("settings.toml"))
    with pytest.raises(SettingsError, match=r"visits.allowed_origins: .* bytes, and Lambda allows 4,096") as caught:
        write_template(settings, tmp_path)
    assert "remove origins of together" in caught.value.next_step
    with pytest.raises(SettingsError, match=r"visits\.allowed_origins"):
        lint_variants(settings, tmp_path, say)


def test_the_longest_of_everything_else_leaves_room_for_some(tmp_path: Path) -> None:
    sections = {
        "visits": {"allowed_origins": MANY[:20], "names": [f"{number:032}" for number in range(20)]},
        "alerts": {"email": "me@example.com"},
    }
    write_template(validate(sections, Path("settings.toml")), tmp_path)


def test_what_is_filled_in_later_has_an_allowance() -> None:
    variables = {
        "A": "12345",
        "B": {"Ref": "Table"},
        "C": {"Fn::Sub": "https://${Api}/live"},
        "D": {"Fn::Join": [",", ["12", {"Fn::If": ["Yes", "1234", "1"]}]]},
    }
    assert environment_size(variables) == 4 + 5 + 100 + (13 + 32) + (2 + 1 + 4) <= LIMIT
