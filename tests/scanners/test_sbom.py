"""The bill of materials: all pinned packages, which of them ship, and reproducible bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from deployment.package.router_zip import build_package
from scanners.locks import Pin, pins
from scanners.sbom import INSTALLED_WHERE, MACHINE, NAME, ROUTER, sbom, write_sbom

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "run.txt"


def test_it_lists_every_pin_and_says_which_one_ships_in_the_zip(tmp_path: Path) -> None:
    package = build_package()
    written = write_sbom(package, LOCK, tmp_path).read_bytes()
    assert write_sbom(build_package(), LOCK, tmp_path).read_bytes() == written
    document = json.loads(written)
    libraries = {one["name"] for one in document["components"] if one["type"] == "library"}
    assert len(libraries) == len(set(re.findall(r"^([\w.-]+)==", LOCK.read_text(), re.MULTILINE)))
    depends = {one["ref"]: one["dependsOn"] for one in document["dependencies"]}
    assert depends[NAME] == [ROUTER, MACHINE]
    assert [purl.partition("@")[0] for purl in depends[ROUTER]] == ["pkg:pypi/crawler-user-agents"]
    assert depends[MACHINE] == [pin.purl for pin in pins(LOCK)]  # one more than names: a version for each Python
    (router,) = [one for one in document["components"] if one["name"] == ROUTER]
    assert router["hashes"] == [{"alg": "SHA-256", "content": package.sha256}]


def test_a_pin_for_some_platforms_says_which(tmp_path: Path) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("# by uv\nPy_Colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n")
    (pin,) = pins(lock)
    assert pin == Pin("Py_Colorama", "0.4.6", "sys_platform == 'win32'")
    component = sbom(build_package(), [pin])["components"][-1]
    assert component["purl"] == "pkg:pypi/py-colorama@0.4.6"
    assert component["properties"] == [{"name": INSTALLED_WHERE, "value": "sys_platform == 'win32'"}]
