"""What IAM would say to a request, without an account: by the evaluator of npm's @cloud-copilot/iam-simulate.

It knows IAM's condition operators and, from AWS's service authorization reference, which actions there are, on which
resources, and with which condition keys: a request that could not be so is an error here, and no answer.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.node_tools import NODE, node_modules

HERE = Path(__file__).parent
ACCOUNT, REGION = "123456789012", "eu-central-1"
PATIENCE = 120


@dataclass(frozen=True)
class Request:
    """What IAM is asked. context: condition key -> its value, or its values."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} {dict(self.context)}"


def allowed(policies: Sequence[Mapping[str, Any]], requests: Sequence[Request]) -> list[bool]:
    """Whether each request is allowed by identity policies. Every policy and request has to be a possible one."""
    asked = [{"action": one.action, "resource": one.resource, "context": dict(one.context)} for one in requests]
    run = subprocess.run(
        [str(NODE), str(HERE / "evaluate.mjs"), str(node_modules(HERE / "node", "policies").parent)],
        input=json.dumps({"policies": list(policies), "requests": asked}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers = json.loads(run.stdout)
    for request, answer in zip(requests, answers, strict=True):
        assert "error" not in answer, f"{request}: {answer}"
    return [answer["result"] == "Allowed" for answer in answers]
