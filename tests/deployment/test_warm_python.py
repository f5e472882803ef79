"""A command in a fork behaves as in a new Python process."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.deployment.warm_python import WarmPython

PROGRAM = """\
import os, signal, sys
print(__name__, sys.argv, os.getcwd(), dict(os.environ), sys.path[0], os.getsid(0) == os.getpid())
print("complaint", file=sys.stderr)
print([name for name in sys.modules if name.split(".")[0] in ("build", "deployment", "settings", "tests")])
if len(sys.argv) > 2:
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(3)
"""


def test_a_command_has_its_own_arguments_folder_environment_streams_and_exit_code(
    python: WarmPython, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    for _ in range(2):
        command = python.start(["program.py", "one"], tmp_path, {"A": "b"})
        out, err = command.communicate(30)
        where = str(tmp_path)
        assert out == f"__main__ ['program.py', 'one'] {where} {{'A': 'b'}} {where} True\n[]\n"
        assert (err, command.returncode) == ("complaint\n", 3)


def test_an_end_by_a_signal_or_an_exception_is_reported(python: WarmPython, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    killed = python.start(["program.py", "one", "two"], tmp_path, {})
    killed.communicate(30)
    assert killed.returncode == -signal.SIGKILL
    (tmp_path / "program.py").write_text("raise ValueError('this')")
    failed = python.start(["program.py"], tmp_path, {})
    assert "ValueError: this" in failed.communicate(30)[1]
    assert failed.returncode == 1


def test_a_command_is_killed_after_its_timeout(python: WarmPython, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import signal; signal.pause()")
    command = python.start(["program.py"], tmp_path, {})
    command.communicate(0.1)
    assert command.returncode == -signal.SIGKILL
