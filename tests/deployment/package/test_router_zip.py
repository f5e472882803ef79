"""The router's zip: its content, and the reproducible build."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.package import crawlers, root_certificates
from deployment.package.router_zip import ROUTER, build_package, write_package
from errors import OutputError

SOURCES = st.dictionaries(st.from_regex(r"([a-z]{1,3}/)?[a-z_]{1,5}\.py", fullmatch=True), st.binary(), min_size=1)


def write(folder: Path, sources: dict[str, bytes], mtime: int) -> Path:
    router = folder / "router"
    for name, content in sources.items():
        path = router / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (mtime, mtime))
    return router


@given(sources=SOURCES, mtimes=st.tuples(st.integers(0, 2**31), st.integers(0, 2**31)))
def test_the_zip_does_not_depend_on_times_order_or_folder(sources: dict[str, bytes], mtimes: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = build_package(write(Path(one), sources, mtimes[0]))
        second = build_package(write(Path(other), dict(reversed(sources.items())), mtimes[1]))
    assert first == second
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            **{f"router/{name}": content for name, content in sources.items()},
            "router/visitors/crawlers.txt": crawlers.known_list(),
            "router/aws/roots.pem": root_certificates.aws_roots(),
        }


def test_the_hash_of_a_zip_is_stable(tmp_path: Path) -> None:
    """The same on every machine and with every zlib; a change here changes the deployed code."""
    package = build_package(write(tmp_path, {"__init__.py": b"", "handler.py": b"def handle(): ...\n" * 100}, 0))
    assert package.sha256 == "a14c3a5761fd7cc890c214377811ecca85e41f4b21b02362e6b6db1c69faaa6e"
    assert package.key == f"router/{package.sha256}.zip"


def test_every_entry_can_be_read_by_everybody(tmp_path: Path) -> None:
    package = build_package(write(tmp_path, {"handler.py": b""}, 0))
    entries = zipfile.ZipFile(io.BytesIO(package.content)).infolist()
    assert {entry.external_attr >> 16 for entry in entries} == {0o644}


def test_only_code_is_zipped(tmp_path: Path) -> None:
    junk = {"__pycache__/handler.cpython-311.pyc": b"", ".#handler.py": b"", "._handler.py": b"", "notes.txt": b""}
    router = write(tmp_path, {"handler.py": b"", **junk}, 0)
    (router / "folder.py").mkdir()
    (router / ".#locked.py").symlink_to("user@host.1234")
    names = zipfile.ZipFile(io.BytesIO(build_package(router).content)).namelist()
    assert names == ["router/handler.py", "router/visitors/crawlers.txt", "router/aws/roots.pem"]


def test_the_real_router_imports_from_its_zip_the_contract_included(tmp_path: Path) -> None:
    package = write_package(build_package(), tmp_path)
    names = zipfile.ZipFile(package).namelist()
    assert {f"router/contract/{path.name}" for path in (ROUTER / "contract").glob("*.py")} <= set(names)
    program = "import router.handler, router.contract as contract; print(contract.__file__)"
    imported = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(package)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert imported.stdout.strip() == f"{package}/router/contract/__init__.py"


def test_a_folder_without_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="has no Python file"):
        build_package(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    router = write(tmp_path, {"handler.py": b""}, 0)
    (router / "broken.py").symlink_to("nowhere")
    with pytest.raises(OutputError, match=r"broken\.py"):
        build_package(router)


def test_it_is_written_atomically(tmp_path: Path) -> None:
    package = build_package(write(tmp_path, {"handler.py": b""}, 0))
    assert write_package(package, tmp_path / "output").read_bytes() == package.content
