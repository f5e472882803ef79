"""A router that is not valid Python is detected before it replaces the running one."""

from __future__ import annotations

from pathlib import Path

import pytest

from errors import LocalCloudError
from local_cloud.emulator import PROJECT
from local_cloud.local_stack import check_syntax


def test_the_router_of_this_project_is_python() -> None:
    check_syntax(PROJECT / "router")


@pytest.mark.parametrize(
    ("source", "line"), [("a = 1\ndef (\n", 2), ("\0", 1), ("'\n", 1), ("# coding: nonsense\n", 1)]
)
def test_a_mistake_is_reported_by_file_and_line(tmp_path: Path, source: str, line: int) -> None:
    router = tmp_path / "router"
    router.mkdir()
    (router / "broken.py").write_text(source)
    with pytest.raises(LocalCloudError, match="not valid Python") as error:
        check_syntax(router)
    assert error.value.where == f"router/broken.py:{line}"
