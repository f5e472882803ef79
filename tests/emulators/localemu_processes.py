"""localemu with functions in processes instead of Docker: ``python localemu_processes.py start …``, with its Python.

It has one way to run a function, in a container. The rest of its Lambda (versions, aliases, event source mappings) is
its own, and the subject here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROGRAM = """
import importlib, json, sys

class Context:
    aws_request_id = sys.argv[3]

    def get_remaining_time_in_millis(self):
        return 30_000

handle = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
result = handle(json.load(sys.stdin), Context())
with open(sys.argv[4], "w") as file:
    json.dump(result, file)
"""


class Processes:
    """localemu's interface of a runtime executor."""

    def __init__(self, id: str, function_version: Any) -> None:  # noqa: A002 - its name
        self.id, self.function_version = id, function_version
        self.environment: dict[str, str] = {}

    def start(self, env_vars: dict[str, Any]) -> None:
        self.environment = {name: str(value) for name, value in env_vars.items()}

    def stop(self) -> None:
        """Nothing runs between two invocations."""

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return ""

    def get_logs(self) -> str:
        return ""

    def invoke(self, payload: dict[str, Any], function_timeout: int | None = None) -> Any:
        from localemu.services.lambda_.invocation.lambda_models import InvocationResult

        config = self.function_version.config
        module, _, function = config.handler.rpartition(".")
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "answer"
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM, module, function, payload["invoke-id"], str(answer)],
                input=payload["payload"], capture_output=True, text=True, check=False, timeout=function_timeout,
                cwd=config.code.get_unzipped_code_location(), env={"PATH": os.environ["PATH"], **self.environment},
            )  # fmt: skip
            failure = json.dumps({"errorMessage": done.stderr[-500:], "errorType": "Runtime.HandlerError"})
            content = answer.read_text() if answer.exists() else failure
        failed = done.returncode != 0
        return InvocationResult(payload["invoke-id"], content.encode(), is_error=failed, logs=done.stdout + done.stderr)

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """The code is in the emulator's own folder."""

    @classmethod
    def validate_environment(cls) -> bool:
        return True


def main() -> None:
    from localemu.services.lambda_.invocation import runtime_executor

    runtime_executor.get_runtime_executor = lambda: Processes

    from localemu.cli.main import main as start

    sys.argv[0] = "localemu"
    start()


if __name__ == "__main__":
    main()
