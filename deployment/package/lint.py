"""cfn-lint on generated templates, by its Python API. Templates without findings are cached by hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from console import Say
from deployment.package.environment_size import require_room_in_environment
from deployment.package.refused_resources import lines_named
from errors import LintError
from files import write_atomically
from settings import DEFAULT_REGION, Settings
from template_gen.stack import to_json
from template_gen.variants import variants


@dataclass(frozen=True)
class Finding:
    """A finding of cfn-lint. path: its location in the template, such as Resources/Router/Properties."""

    rule: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} line {self.line} {self.path}: {self.message}"


def findings(text: str, region: str) -> list[Finding]:
    """Return the findings of all rules of cfn-lint, including informational ones, in the template `text`."""
    # Imported here: importing cfn-lint takes two seconds, which an unchanged template does not need.
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs
    from cfnlint.helpers import REGIONS

    # A Region may be newer than cfn-lint; AWS reports one that does not exist.
    known = region if region in REGIONS else DEFAULT_REGION
    matches = lint(text, config=ManualArgs(regions=[known], include_checks=["I"]))
    found = {
        Finding(match.rule.id, match.linenumber, "/".join(map(str, getattr(match, "path", None) or ())), match.message)
        for match in matches
    }
    return sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message))


def require_clean(text: str, region: str, output: Path) -> None:
    """Raise LintError with all findings. A template without findings is cached in `output`/lint."""
    if found := _findings_unless_clean_before(text, region, output):
        raise LintError(
            "the generated template",
            "\n  ".join(["cfn-lint has findings:", *map(str, found)]),
            "fix the module of template_gen that generates the resource in the path",
        )


def lint_variants(settings: Settings, output: Path, say: Say) -> None:
    """Lint every variant of the template, and print the result of each. Caches as `require_clean` does.

    Raises LintError at the end when any variant has findings, and SettingsError for too many origins.
    """
    failed = []
    with lines_named():
        generated = {name: (template, to_json(template)) for name, template in variants(settings).items()}
    for template, _ in generated.values():
        require_room_in_environment(template.to_dict())
    for name, (template, text) in generated.items():
        found = _findings_unless_clean_before(text, settings.stack.region or DEFAULT_REGION, output)
        say(f"{name}: {len(template.resources)} resources, {f'{len(found)} findings' if found else 'clean'}")
        for finding in found:
            say(f"  {finding}")
        if found:
            failed.append(name)
    if failed:
        raise LintError(
            ", ".join(failed),
            "cfn-lint has findings, listed above",
            "fix the module of template_gen that generates them",
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
