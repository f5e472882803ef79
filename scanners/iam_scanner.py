"""parliament over every IAM policy of every variant: unknown actions, resources that an action does not take, stars.

Its last release is of April 2025, and nobody has taken it over; it still knows the services that we use. What is newer
is covered beside it: cfn-lint's own IAM rules, and checkov's, which come from cloudsplaining.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanners.acceptance import accepted_in_templates, settled
from scanners.finding import Finding, Report, Workplace
from scanners.policies import policies
from scanners.tools import broken, run, script, version_of

RULES = re.compile(r"(?!CKV)[A-Z]+(_[A-Z]+)*(\[[\w:*, ]+\])?$")
NO_FINDINGS, FINDINGS = 0, 1


def parliament(workplace: Workplace) -> Report:
    """Writes each policy to a file of its own, then reads what parliament says of the folder."""
    folder = workplace.folder / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = _write(workplace, folder)
    command = [script(workplace, "parliament"), "--directory", str(folder), "--include_policy_extension", "json"]
    done = run([*command, "--json", "--minimum_severity", "INFO"], workplace.folder)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode not in (NO_FINDINGS, FINDINGS) or (done.returncode == FINDINGS and not lines):
        raise broken("parliament", done)
    found = []
    for line in lines:
        variant, logical_id = written[Path(line["location"]["filepath"]).name]
        found.append(Finding(_rule(line), logical_id, variant, f"{line['title']}: {line['detail']}"))
    read = f"{len(written)} policies"
    return settled(version_of(workplace, "parliament"), read, found, accepted_in_templates(), RULES)


def _rule(line: Mapping[str, Any]) -> str:
    """The issue with its actions, as RESOURCE_MISMATCH[dynamodb:ListStreams], so that no other action is accepted."""
    detail = line["detail"]
    actions = [one["action"] for one in detail if "action" in one] if isinstance(detail, list) else []
    return f"{line['issue']}[{', '.join(actions)}]" if actions else str(line["issue"])


def _write(workplace: Workplace, folder: Path) -> dict[str, tuple[str, str]]:
    """File name -> the variant and the resource whose policy it holds."""
    written: dict[str, tuple[str, str]] = {}
    for variant, path in workplace.templates.items():
        for logical_id, document in policies(json.loads(path.read_text())):
            name = f"{len(written)}.json"
            (folder / name).write_text(json.dumps(document))
            written[name] = (variant, logical_id)
    return written
