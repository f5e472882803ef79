"""Fuzz tests of user files: a file is read, or rejected with an error that names the file and the next step."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given

import settings
from deployment.counter.count_file import read_file
from errors import ProjectError, ResumeError, SettingsError, UsageError
from site_gen.resume.reading import read_resume
from tests.fuzz.mutations import NESTED, cut_text, inputs, malformed_json, value

ROOT = Path(__file__).resolve().parents[2]
RESUME = json.loads((ROOT / "site" / "resume.json").read_text(encoding="utf-8"))
COUNT = {
    "format": "cloud-resume count",
    "version": 1,
    "id": "8c2f4a1e",
    "exportedAt": "2026-11-24T06:40:00Z",
    "source": "arn:aws:dynamodb:eu-central-1:123456789012:table/counts",
    "count": 1234,
    "days": {"2026-11-23": 12},
    "rows": [{"id": {"S": "visit#q7Zt"}, "arrivedAt": {"N": "1795995200"}, "expiresAt": {"N": "1798587200"}}],
}
TOML = (ROOT / "settings.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def read_or_reject(path: Path, content: bytes, read: Callable[[Path], Any], error: type[ProjectError]) -> None:
    path.write_bytes(content)
    try:
        read(path)
    except error as rejected:
        assert path.name in rejected.where
        assert rejected.what
        assert rejected.next_step
        str(rejected).encode()  # can be written to a terminal


@example(content=NESTED[0].encode())
@example(content=NESTED[1].encode())
@example(content=NESTED[2].encode())
@given(content=inputs(malformed_json, [RESUME, {"basics": {"name": "Ada"}}]))
def test_malformed_resumes(folder: Path, content: bytes) -> None:
    read_or_reject(folder / "resume.json", content, read_resume, ResumeError)


@example(content=NESTED[0].encode())
@example(content=NESTED[1].encode())
@example(content=NESTED[2].encode())
@given(content=inputs(malformed_json, [COUNT, {"count": 1234}]))
def test_malformed_count_files(folder: Path, content: bytes) -> None:
    read_or_reject(folder / "count.json", content, read_file, UsageError)


NUMBERS = "9" * 5000, "-" + "9" * 5000, "1e999", "nan", "inf"
LONG = [f"[limits]\nconnects_per_address = {number}" for number in NUMBERS]
DOTS = "a." * 3_000  # far above the recursion limit of Python; the time of tomllib is quadratic
DEEP = "a = " + NESTED[0], DOTS + "b = 1", f"[{DOTS}b]", f"limits.connects_per_address.{DOTS}b = 1"


def malformed_toml(chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.85:
        return cut_text(chance, [TOML]).encode("utf-8", "surrogatepass")
    return chance.choice(LONG).encode() if kind < 0.9 else chance.randbytes(chance.randint(0, 60))


@example(content=DEEP[0].encode())
@example(content=DEEP[1].encode())
@example(content=DEEP[2].encode())
@example(content=DEEP[3].encode())
@given(content=inputs(malformed_toml))
def test_malformed_settings_files(folder: Path, content: bytes) -> None:
    read_or_reject(folder / "settings.toml", content, settings.load, SettingsError)


KEYS = sorted(settings.RULES)


def values(chance: random.Random) -> dict[str, Any]:
    return {key: value(chance) for key in chance.sample(KEYS, chance.randint(1, 5))}


@given(inputs(values))
def test_malformed_settings_values(values: dict[str, Any]) -> None:
    table: dict[str, Any] = {}
    for key, wrong in values.items():
        section, _, name = key.rpartition(".")
        if section:
            table.setdefault(section, {})[name] = wrong
        else:
            table[name] = wrong
    try:
        settings.validate(table, ROOT / "settings.toml")
    except SettingsError as rejected:
        assert any(key in rejected.what for key in values)
        str(rejected).encode()


def test_valid_files_are_read(folder: Path) -> None:
    (folder / "count.json").write_text(json.dumps(COUNT))
    assert read_file(folder / "count.json").count == COUNT["count"]
    settings.validate(tomllib.loads(TOML), ROOT / "settings.toml")
