"""`build.py scan`: writes the templates, runs the scanners and prints one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bootstrap import Environment
from console import Say
from errors import UsageError
from files import write_atomically
from scanners import bill_of_materials, iam_scanner, source_scanners, template_scanners
from scanners.finding import CannotRunError, Report, Scan, Workplace
from settings import DEFAULT_REGION, Settings
from template_gen.stack import to_json
from template_gen.variants import variants

SCANNERS: Mapping[str, Scan] = {
    "cfn-lint": template_scanners.cfn_lint,
    "checkov": template_scanners.checkov,
    "cdk-nag": template_scanners.cdk_nag,
    "parliament": iam_scanner.parliament,
    "bandit": source_scanners.bandit,
    "zizmor": source_scanners.zizmor,
    "sbom": bill_of_materials.check,
}
HEAD = ("scanner", "version", "read", "findings", "suppressed", "reasons")


def scan(settings: Settings, root: Path, names: list[str], *, require_all: bool, say: Say) -> int:
    """Run the scanners `names` (all if empty) and print their findings. Return the exit code.

    0: no findings left. 1: findings, or with `require_all` a scanner that cannot run on this machine.

    Raises ProjectError when a scanner fails, UsageError for an unknown name.
    """
    chosen = _chosen(names)
    environment = Environment(root / ".venv-scan")
    environment.install("scan", say)
    workplace = prepare(settings, root, environment)
    rows: list[tuple[str, ...]] = []
    failed = False
    for name in chosen:
        say(f"{name} …")
        try:
            report = SCANNERS[name](workplace)
        except CannotRunError as reason:
            rows.append((name, "", f"cannot run: {reason}", "", "", ""))
            failed |= require_all
            continue
        for finding in report.findings:
            say(f"  {finding}")
        failed |= bool(report.findings)
        rows.append(_row(name, report))
    say("\n".join(table([HEAD, *rows])))
    return int(failed)


def prepare(settings: Settings, root: Path, environment: Environment) -> Workplace:
    """Write every variant's template below output/scan/templates and delete all other files there."""
    folder = root / "output" / "scan"
    templates: dict[str, Path] = {}
    for name, template in variants(settings).items():
        templates[name] = folder / "templates" / f"{name.replace(' ', '-')}.json"
        write_atomically(templates[name], to_json(template).encode())
    for path in (folder / "templates").iterdir():
        if path not in templates.values():
            path.unlink()
    return Workplace(root, folder, settings.stack.region or DEFAULT_REGION, environment, templates)


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows as aligned Markdown; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def _row(name: str, report: Report) -> tuple[str, ...]:
    numbers = (len(report.findings), report.suppressed, report.reasons)
    return (name, report.version, report.read, *map(str, numbers))


def _chosen(names: list[str]) -> list[str]:
    if unknown := sorted(set(names) - SCANNERS.keys()):
        raise UsageError("scan", f"unknown scanner: {', '.join(unknown)}", f"choose from {', '.join(SCANNERS)}")
    return names or list(SCANNERS)
