"""Errors of `run` before it starts anything. tests/integration runs it through the command line."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from errors import UsageError
from local_cloud.browser import _is_graphical
from local_cloud.emulator import PROJECT
from local_cloud.options import Options

RUN = """
import sys
from pathlib import Path
from errors import ProjectError
from local_cloud.run import run
from local_cloud.options import Options
folder, port, fresh = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "fresh"
try:
    run(Options(folder / "settings.toml", folder / "output", port=port, open_browser=False, fresh=fresh), print)
except ProjectError as error:
    print(error)
    raise SystemExit(error.exit_code)
"""
"""Runs in a process of its own, because it changes that process's environment."""


def refused(folder: Path, port: int = 0, fresh: str = "") -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), str(port), fresh],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == ""
    return result.returncode, result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text("")
    return tmp_path


def test_the_state_is_in_the_output_folder_by_default(tmp_path: Path) -> None:
    assert Options(tmp_path, tmp_path / "output").state_folder == tmp_path / "output/local"
    assert Options(tmp_path, tmp_path / "output", state=tmp_path).state_folder == tmp_path


def test_a_port_in_use_leaves_no_trace(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, said = refused(folder, other.getsockname()[1])
    assert code == 1
    assert "--port " in said
    assert not (folder / "output").exists()


def test_invalid_settings_come_first(folder: Path) -> None:
    (folder / "settings.toml").write_text("[stak]\n")
    assert refused(folder)[0] == 2
    assert not (folder / "output").exists()


def test_damaged_visits_are_reported_before_the_emulator_is_started(folder: Path) -> None:
    visits = folder / "output/local/visits.json"
    visits.parent.mkdir(parents=True)
    visits.write_text("{")
    code, said = refused(folder)
    assert code == 1
    assert "--fresh" in said
    assert "Starting" not in said
    assert visits.read_text() == "{"


@pytest.mark.skipif(sys.platform == "darwin", reason="always graphical")
@pytest.mark.parametrize(
    ("environment", "graphical"), [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True)]
)
def test_a_browser_is_opened_where_there_is_a_screen(environment: dict[str, str], graphical: bool) -> None:
    assert _is_graphical(environment) is graphical


@pytest.mark.parametrize("seconds", [1, -60, 32 * 86_400])
def test_a_month_of_the_budget_is_neither_shorter_than_its_steps_nor_longer_than_a_month(
    tmp_path: Path, seconds: int
) -> None:
    with pytest.raises(UsageError, match=f"--budget-month {seconds}"):
        Options(tmp_path, tmp_path / "output", budget_month=seconds)
    assert Options(tmp_path, tmp_path / "output", budget_month=600).budget_month == 600
