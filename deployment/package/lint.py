"""cfn-lint over generated templates, through its Python API. What was found clean once is not linted again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from errors import LintError
from files import write_atomically
from settings import DEFAULT_REGION, Settings
from template_gen.stack import to_json
from template_gen.variants import variants


@dataclass(frozen=True)
class Finding:
    """One thing cfn-lint objects to. `path` leads to it inside the template, such as Resources/Router/Properties."""

    rule: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} line {self.line} {self.path}: {self.message}"


def findings(text: str, region: str) -> list[Finding]:
    """What cfn-lint, every rule of it down to the informational ones, has to say of the template `text`."""
    # Imported here: it takes two seconds, which a deploy of an unchanged template does not owe.
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs
    from cfnlint.helpers import REGIONS

    # A Region may be newer than the linter; whether it exists is for AWS to say.
    known = region if region in REGIONS else DEFAULT_REGION
    matches = lint(text, config=ManualArgs(regions=[known], include_checks=["I"]))
    found = {
        Finding(match.rule.id, match.linenumber, "/".join(map(str, getattr(match, "path", None) or ())), match.message)
        for match in matches
    }
    return sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message))


def require_clean(text: str, region: str, output: Path) -> None:
    """Raises LintError with every finding. Remembers a clean template by its hash, in `output`/lint."""
    if found := _findings_unless_clean_before(text, region, output):
        raise LintError(
            "the generated template",
            "\n  ".join(["cfn-lint has findings:", *map(str, found)]),
            "mend the file of template_gen that makes the resource named in the path",
        )


def lint_variants(settings: Settings, output: Path, say: Callable[[str], None]) -> None:
    """Lints the template of `settings` and every other variant, and says how each came out; remembers as above.

    Raises LintError, after the last, when any had a finding.
    """
    failed = []
    for name, template in variants(settings).items():
        found = _findings_unless_clean_before(to_json(template), settings.stack.region or DEFAULT_REGION, output)
        say(f"{name}: {len(template.resources)} resources, {f'{len(found)} findings' if found else 'clean'}")
        for finding in found:
            say(f"  {finding}")
        if found:
            failed.append(name)
    if failed:
        raise LintError(
            ", ".join(failed), "cfn-lint has findings, above", "mend the file of template_gen named by the path"
        )


def _findings_unless_clean_before(text: str, region: str, output: Path) -> list[Finding]:
    remembered = output / "lint" / _fingerprint(text, region)
    if remembered.exists():
        return []
    found = findings(text, region)
    if not found:
        write_atomically(remembered, b"")
    return found


def _fingerprint(text: str, region: str) -> str:
    return hashlib.sha256(f"{version('cfn-lint')}\n{region}\n{text}".encode()).hexdigest()
