"""The function as Lambda starts it: its entry point in a new process, with the real clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.router.rig import ENVIRONMENT

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from router.handler import handle

class Context:
    aws_request_id = "8c2f4a1e-0000-4000-8000-000000000001"

    def get_remaining_time_in_millis(self):
        return 30_000

for event in json.load(sys.stdin):
    print(json.dumps({"answer": handle(event, Context())}))
print(json.dumps({"modules": sorted(sys.modules)}))
"""


def run(events: list[Any], **environment: str) -> tuple[list[Any], list[dict[str, Any]], set[str]]:
    """Run the handler in a new process; return the responses, the log lines and the names of the imported modules."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    credentials = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(events),
        env={**kept, **ENVIRONMENT, **credentials, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    answers = [line["answer"] for line in lines if "answer" in line]
    return answers, [line for line in lines if "message" in line], set(lines[-1]["modules"])
