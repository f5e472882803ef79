"""parliament, run on every IAM policy of every variant: unknown actions, mismatched resources, wildcards.

Its last release is from April 2025, and it is no longer maintained; it still knows the services that we use. Newer
checks come from cfn-lint's own IAM rules and from checkov's, which are based on cloudsplaining.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanners.acceptance import accepted_in_templates, apply_acceptances
from scanners.finding import Finding, Report, Workplace
from scanners.policies import policies
from scanners.tools import run, script, tool_error, version_of

RULES = re.compile(r"(?!CKV)[A-Z]+(_[A-Z]+)*(\[[\w:*, ]+\])?$")
NO_FINDINGS, FINDINGS = 0, 1


def parliament(workplace: Workplace) -> Report:
    """Write each policy to its own file, run parliament on the folder, and return its report."""
    folder = workplace.folder / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = _write(workplace, folder)
    command = [script(workplace, "parliament"), "--directory", str(folder), "--include_policy_extension", "json"]
    done = run([*command, "--json", "--minimum_severity", "INFO"], workplace.folder)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode not in (NO_FINDINGS, FINDINGS) or (done.returncode == FINDINGS and not lines):
        raise tool_error("parliament", done)
    found = []
    for line in lines:
        variant, logical_id = written[Path(line["location"]["filepath"]).name]
        found.append(Finding(_rule(line), logical_id, variant, f"{line['title']}: {line['detail']}"))
    read = f"{len(written)} policies"
    return apply_acceptances(version_of(workplace, "parliament"), read, found, accepted_in_templates(), RULES)


def _rule(line: Mapping[str, Any]) -> str:
    """Return the issue with its actions, such as RESOURCE_MISMATCH[dynamodb:ListStreams], so that no other action is
    accepted."""
    detail = line["detail"]
    actions = [one["action"] for one in detail if "action" in one] if isinstance(detail, list) else []
    return f"{line['issue']}[{', '.join(actions)}]" if actions else str(line["issue"])


def _write(workplace: Workplace, folder: Path) -> dict[str, tuple[str, str]]:
    """Write the policies; return file name -> (variant, logical ID of the policy's resource)."""
    written: dict[str, tuple[str, str]] = {}
    for variant, path in workplace.templates.items():
        for logical_id, document in policies(json.loads(path.read_text())):
            name = f"{len(written)}.json"
            (folder / name).write_text(json.dumps(document))
            written[name] = (variant, logical_id)
    return written
