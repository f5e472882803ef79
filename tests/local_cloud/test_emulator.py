"""The emulator's real process: it serves, persists changes, and ends with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from errors import LocalCloudError, OutputError
from local_cloud import emulator, environment
from local_cloud.access import Access
from local_cloud.background import in_background
from local_cloud.chaos.processes import PROC, children_of
from local_cloud.emulator import PROJECT, Emulator, last_lines
from local_cloud.reporting.reports import FunctionRan
from local_cloud.visits import kept, state
from local_cloud.visits.rows import count_of

PATIENCE = 60.0
TABLE = "Visits"


def client(access: Access, service: Any) -> Any:
    return boto3.Session().client(
        service,
        region_name=environment.REGION,
        endpoint_url=access.endpoint_url,
        aws_access_key_id=environment.ACCESS_KEY,
        aws_secret_access_key=environment.SECRET_KEY,
        aws_session_token=access.key,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


def make_table(access: Access) -> Any:
    dynamodb = client(access, "dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def put_count(dynamodb: Any, number: int) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"id": {"S": "visitorCount"}, "currentCount": {"N": str(number)}})


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def is_gone(process: int) -> bool:
    """Return True if the process has ended and been reaped."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def with_emulator(folder: Path, act: Callable[[Emulator], Awaitable[None]]) -> None:
    """Run `act` with an emulator, and stop it."""

    async def main() -> None:
        with state.opened(folder) as opened:
            running = await emulator.start(opened, environment.REGION)
            try:
                async with asyncio.timeout(PATIENCE):
                    await act(running)
            finally:
                await running.stop()
            assert running.process.returncode is not None

    asyncio.run(main())


def test_what_is_written_is_kept_before_it_is_answered_and_outlives_a_kill(tmp_path: Path) -> None:
    visits = tmp_path / "visits.json"

    async def act(running: Emulator) -> None:
        dynamodb = await in_background(lambda: make_table(running.access))
        await in_background(lambda: put_count(dynamodb, 1))
        await running.keep(TABLE)
        assert count_of(kept.read(visits)) == 1
        for number in range(2, 30):
            await in_background(partial(put_count, dynamodb, number))
            assert count_of(kept.read(visits)) == number
        running.process.kill()

    with_emulator(tmp_path, act)
    assert count_of(kept.read(visits)) == 29


def test_visits_that_cannot_be_kept_are_an_error_before_the_page_is_open(tmp_path: Path) -> None:
    """A folder in the file's place simulates a file system that cannot be written to."""

    async def act(running: Emulator) -> None:
        await in_background(lambda: make_table(running.access))
        (tmp_path / "visits.tmp").mkdir()
        with pytest.raises(OutputError, match="cannot be saved") as error:
            await running.keep(TABLE)
        assert error.value.where == str(tmp_path / "visits.json")

    with_emulator(tmp_path, act)


def test_an_end_by_itself_is_noticed_with_the_last_of_its_log(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        running.process.send_signal(signal.SIGKILL)
        with pytest.raises(LocalCloudError, match="signal 9") as error:
            await running.watch()
        assert str(running.log) in error.value.next_step

    with_emulator(tmp_path, act)


def test_ctrl_c_is_not_for_it_and_sigterm_ends_it_in_order(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        dynamodb = await in_background(lambda: make_table(running.access))
        await running.keep(TABLE)
        running.process.send_signal(signal.SIGINT)
        await in_background(lambda: put_count(dynamodb, 5))  # it still answers
        running.process.send_signal(signal.SIGTERM)
        assert await running.process.wait() == 0

    with_emulator(tmp_path, act)
    assert count_of(kept.read(tmp_path / "visits.json")) == 5


def test_one_that_hangs_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulator, "_PATIENCE_SECONDS", 0.2)

    async def act(running: Emulator) -> None:
        running.process.send_signal(signal.SIGSTOP)

    with_emulator(tmp_path, act)


FUNCTION = """
import os, json
def handle(event, context):
    if event == "fail":
        raise ValueError("as it was told")
    print(json.dumps({"pid": os.getpid()}))
"""

PARENT = """
import asyncio, sys
from pathlib import Path
from local_cloud import emulator
from local_cloud.visits import state
async def main():
    with state.opened(Path(sys.argv[1])) as opened:
        running = await emulator.start(opened, "us-east-1")
        print(running.process.pid, running.access.endpoint_url, running.access.key, flush=True)
        await running.keep(sys.stdin.readline().strip())
        print("keeping", flush=True)
        await running.process.wait()
asyncio.run(main())
"""


def make_function(access: Access, source: str) -> Any:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("function.py", source)
    functions = client(access, "lambda")
    functions.create_function(
        FunctionName="function",
        Runtime="python3.13",
        Handler="function.handle",
        Role="arn:aws:iam::000000000000:role/function",
        Code={"ZipFile": packed.getvalue()},
    )
    return functions


def test_a_killed_parent_takes_the_emulator_and_its_workers_along_and_loses_nothing(tmp_path: Path) -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-c", PARENT, str(tmp_path)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as parent,
        ExitStack() as at_end,
    ):
        at_end.callback(parent.kill)  # whatever fails below, it is not waited for in vain
        assert parent.stdin
        assert parent.stdout
        child_text, endpoint_url, key = parent.stdout.readline().split()
        child, access = int(child_text), Access(endpoint_url, key)
        dynamodb = make_table(access)
        functions = make_function(access, FUNCTION)
        print(TABLE, file=parent.stdin, flush=True)
        assert parent.stdout.readline() == "keeping\n"
        functions.invoke(FunctionName="function", Payload=b"{}")
        (worker,) = workers_of(child)
        put_count(dynamodb, 6)
    until(lambda: is_gone(child), "the emulator has followed its parent")
    until(lambda: is_gone(worker), "the worker has followed the emulator")
    assert count_of(kept.read(tmp_path / "visits.json")) == 6


def workers_of(process: int) -> list[int]:
    if PROC.exists():
        return children_of(process)
    listed = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]


async def reported(running: Emulator) -> FunctionRan:
    async for report in running.reports():
        assert isinstance(report, FunctionRan)
        return report
    raise AssertionError("it has ended")


def test_what_the_function_writes_and_how_it_fails_is_reported(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        functions = await in_background(lambda: make_function(running.access, FUNCTION))
        lines: tuple[str, ...] = ()
        while not lines:  # on a busy machine, a line may come after its invocation, and is then among the next one's
            await in_background(lambda: functions.invoke(FunctionName="function", Payload=b"{}"))
            ran = await reported(running)
            assert ran.error == ""
            lines = ran.lines
        assert json.loads(lines[0])["pid"]
        await in_background(lambda: functions.invoke(FunctionName="function", Payload=b'"fail"'))
        assert "as it was told" in (await reported(running)).error

    with_emulator(tmp_path, act)


def test_a_function_that_cannot_be_imported_says_so_in_its_log_group_too(tmp_path: Path) -> None:
    async def act(running: Emulator) -> None:
        functions = await in_background(lambda: make_function(running.access, "import no_such_module"))
        await in_background(lambda: functions.invoke(FunctionName="function", Payload=b"{}"))
        error = (await reported(running)).error
        assert error.startswith("the router cannot be imported: ")
        assert "no_such_module" in error
        logs = client(running.access, "logs")
        logged = await in_background(lambda: logs.filter_log_events(logGroupName="/aws/lambda/function"))
        assert any("no_such_module" in event["message"] for event in logged["events"])

    with_emulator(tmp_path, act)


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("", ["(nothing)"]),
        ("one\n\ntwo\n", ["one", "two"]),
        ("INFO a\nOSError: disk full\nINFO b\nINFO c\n", ["OSError: disk full"]),
        ("\n".join(f"2026 ERROR [x] {number}" for number in range(9)), [f"2026 ERROR [x] {n}" for n in (6, 7, 8)]),
    ],
)
def test_the_last_errors_of_a_log_are_shown(tmp_path: Path, log: str, shown: list[str]) -> None:
    path = tmp_path / "emulator.log"
    path.write_text(log)
    assert last_lines(path) == shown
