"""Starts the processes of a benchmark: the fake server on one core, the measured program on another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import certificates
from router.contract import variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).with_name("peers")
REGION = "eu-central-1"
# The session token has the length of a role's token, because every request contains and signs it.
CREDENTIALS = {  # nosec B105 - not real credentials
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "t" * 900,
}


@dataclass(frozen=True)
class Trust:
    """The certificate files.

    authority: the CA certificate, which Node adds to its default CAs
    bundle: the CA certificate together with the default CAs
    server: the key and the certificate of the server
    """

    authority: Path
    bundle: Path
    server: Path


@dataclass(frozen=True)
class RunResult:
    """The result of a program: the JSON object in the last line of its output."""

    result: dict[str, Any]


@contextmanager
def trust() -> Iterator[Trust]:
    """Create temporary certificates."""
    import botocore

    with tempfile.TemporaryDirectory() as name:
        authority, server = certificates.write(Path(name))
        bundle = Path(name) / "bundle.pem"
        usual = Path(botocore.__file__).with_name("cacert.pem")
        bundle.write_bytes(usual.read_bytes() + authority.read_bytes())
        yield Trust(authority, bundle, server)


@contextmanager
def stand_in(trusted: Trust, connections: int, milliseconds: float) -> Iterator[str]:
    """Start the fake server and return its URL."""
    command = [sys.executable, "-m", "benchmarks.stand_in", str(trusted.server), str(connections), str(milliseconds)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_on(-1),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        try:
            yield f"https://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.communicate()


def environment(url: str, trusted: Trust) -> dict[str, str]:
    """Return the environment variables of the function, with the fake server as the endpoint."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CA_BUNDLE": str(trusted.bundle),
        "NODE_EXTRA_CA_CERTS": str(trusted.authority),
        "AWS_NODEJS_CONNECTION_REUSE_ENABLED": "1",
        "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        variables.MANAGEMENT_ENDPOINT: f"{url}/live",
        variables.CONNECTION_IDS_TABLE: "ConnectionIDs",
        variables.VISITOR_COUNT_TABLE: "VisitorCounts",
        variables.ALLOWED_ORIGINS: "https://example.com",
    }


def run(command: Sequence[str], variables: Mapping[str, str], cwd: Path = ROOT) -> RunResult:
    """Run a program on one core and return its result. Raises RuntimeError with its output when it fails."""
    done = subprocess.run(
        command,
        env=dict(variables),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_on(0),
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} exited with status {done.returncode}:\n{done.stdout}")
    return RunResult(json.loads(done.stdout.splitlines()[-1]))


def _on(core: int) -> Callable[[], None]:
    """Return a function that pins a process to a core, so that server and program do not compete for one."""

    def pin() -> None:
        if hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[core]})

    return pin


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table. All columns except the first are right-aligned."""
    cells = [list(map(str, row)) for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| "
        + " | ".join(
            text.ljust(width) if not index else text.rjust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in cells
    ]
    rule = "| " + " | ".join(
        "-" * width if not index else "-" * (width - 1) + ":" for index, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule + " |", *lines[1:]])
