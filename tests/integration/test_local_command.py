"""`build.py local` as a command: edits, signals, crashes, and one clear error for every bad input."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.integration.sockets import Reader, with_readers
from tests.local_system import LocalSystem, wait_until

pytestmark = pytest.mark.cloud


def refused(project: Path, *arguments: str) -> str:
    """Return the output of a `local` that cannot start; it must exit with an error of ours."""
    system = LocalSystem(project, *arguments)
    code = system.process.wait(60)
    system.end()
    assert code in (1, 2), system.output
    assert "error: " in system.output
    assert "next: " in system.output
    assert "Traceback" not in system.output
    assert not system.processes()
    return system.output


def page(system: LocalSystem) -> str:
    with urllib.request.urlopen(system.url, timeout=30) as response:
        return str(response.read().decode())


def test_edits_are_published_and_mistakes_are_reported_while_the_old_is_served(project: Path) -> None:
    system = LocalSystem(project).ready()
    try:
        resume = project / "site/resume.json"
        content = json.loads(resume.read_text())
        content["basics"]["name"] = "Grace Newcomer"
        resume.write_text(json.dumps(content))
        wait_until(lambda: "Grace Newcomer" in page(system), "the edited résumé is served")

        resume.write_text('{"basics": {"name": 5}}')
        system.wait_for("basics.name")
        assert "Grace Newcomer" in page(system)

        handler = project / "router/handler.py"
        working = handler.read_text()
        handler.write_text(working + "\n)\n")
        system.wait_for("handler.py")
        handler.write_text(working)
        resume.write_text(json.dumps(content))
        system.wait_for("publish")
    finally:
        system.end()
    assert "Traceback" not in system.output


def test_the_users_aws_settings_are_neither_needed_nor_used(project: Path) -> None:
    system = LocalSystem(
        project,
        AWS_PROFILE="no-such-profile",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        HTTP_PROXY="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
        HOME=str(project),
    )
    try:
        system.ready()
        assert "<visitor-count" in page(system)
    finally:
        system.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_in_order(project: Path, number: int) -> None:
    system = LocalSystem(project).ready()
    assert not (project / "output/lint").exists(), "cfn-lint is for what goes to an account"
    code = system.end(number)
    assert code in (0, 128 + number)
    assert "Traceback" not in system.output
    wait_until(lambda: not system.processes(), "no process is left")


def test_a_signal_while_it_starts_ends_everything_too(project: Path) -> None:
    system = LocalSystem(project)
    wait_until(lambda: len(system.processes()) > 1, "the emulator has been started")
    system.end()
    assert "Traceback" not in system.output
    wait_until(lambda: not system.processes(), "no process is left")


def test_a_crash_of_the_emulator_is_noticed_and_said(project: Path) -> None:
    system = LocalSystem(project).ready()
    os.kill(system.emulator(), signal.SIGKILL)
    assert system.process.wait(30) == 1
    system.end()
    assert "emulator" in system.output
    assert ".log" in system.output
    assert "Traceback" not in system.output
    wait_until(lambda: not system.processes(), "no process is left")


LISTENING, UDP_UNCONNECTED = "0A", "07"
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def bound(processes: list[int]) -> set[tuple[str, str, int]]:
    """Return protocol, address and port of every socket on which these processes are reachable."""
    inodes = set()
    for pid in processes:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = str(descriptor.readlink()) if descriptor.is_symlink() else ""
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for row in map(str.split, Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]):
            if row[9] in inodes and row[3] == (LISTENING if protocol.startswith("tcp") else UDP_UNCONNECTED):
                address, port = row[1].split(":")
                found.add((protocol, address, int(port, 16)))
    return found


def test_it_listens_on_the_loopback_interface_only_and_on_two_ports(project: Path) -> None:
    async def counted(readers: list[Reader]) -> None:
        assert await readers[0].hello() == 1

    system = LocalSystem(project).ready()
    try:
        with_readers(system.socket_url, ["one-visit"], counted)  # by now the function's workers run too
        found = bound(system.processes())
        assert {address for _, address, _ in found} <= LOOPBACK
        emulator = int(system.emulator_environment()["GATEWAY_PORT"])
        assert {port for _, _, port in found} == {system.port, emulator}
        assert {protocol for protocol, _, _ in found} <= {"tcp", "tcp6"}
    finally:
        system.end()


def test_a_port_in_use_is_reported_with_a_free_one(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        output = refused(project, "--port", str(taken.getsockname()[1]))
    assert "--port " in output


def test_a_second_instance_on_the_same_state_is_refused_and_the_first_goes_on(project: Path) -> None:
    first = LocalSystem(project).ready()
    try:
        assert "--state" in refused(project)
        assert "<visitor-count" in page(first)
    finally:
        first.end()


def test_invalid_settings_are_reported(project: Path) -> None:
    (project / "settings.toml").write_text("[stack]\nnmae = 'x'\n")
    assert "did you mean stack.name?" in refused(project)


def test_an_invalid_resume_is_reported_by_path(project: Path) -> None:
    (project / "site/resume.json").write_text('{"basics": {"name": "A", "url": 5}}')
    assert "basics.url" in refused(project)


def test_a_damaged_state_is_reported_and_fresh_moves_it_aside(project: Path) -> None:
    state = project / "output/local"
    state.mkdir(parents=True)
    (state / "visits.json").write_text("{")
    assert "--fresh" in refused(project)
    system = LocalSystem(project, "--fresh").ready()
    system.end()
    assert any(path.read_text() == "{" for path in state.glob("visits*") if path.name != "visits.json")


def test_an_output_folder_that_is_a_file_is_reported(project: Path) -> None:
    """Root may write anywhere, so a file in its place simulates a folder that is not writable."""
    (project / "output").write_text("")
    assert "output" in refused(project)


@pytest.mark.parametrize("arguments", [["local", "--port", "nonsense"], ["lcoal"], ["local", "--port", "99999"]])
def test_a_wrong_command_line_is_reported(project: Path, arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "build.py", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "error: " in result.stderr
    assert "Traceback" not in result.stderr
