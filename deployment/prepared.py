"""What is deployed, made on this machine before anything is asked of an account: template, zip, site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployment.files import write_atomically
from deployment.lint import require_clean
from deployment.package import Package, build_package, write_package
from deployment.target import Target
from settings import Settings
from site_gen import build_site
from template_gen import generate, to_json


@dataclass(frozen=True)
class Prepared:
    """`site` is the folder of the built site; `parameters` are what an emulator needs told, empty for AWS."""

    settings: Settings
    target: Target
    template: str
    package: Package
    site: Path
    parameters: Mapping[str, str]


def write_template(settings: Settings, output: Path) -> str:
    """Generates the stack's template, also to `output`/template.json. Raises OutputError when that is not writable."""
    text = to_json(generate(settings))
    write_atomically(output / "template.json", text.encode())
    return text


def prepare(settings: Settings, target: Target, output: Path, parameters: Mapping[str, str]) -> Prepared:
    """Raises LintError, ResumeError or OutputError for what cannot be deployed."""
    text = write_template(settings, output)
    require_clean(text, target.resolved_region, output)
    package = build_package()
    write_package(package, output)
    site = output / "site"
    build_site(settings.site.folder, site, canonical_url=_canonical_url(settings))
    return Prepared(settings, target, text, package, site, parameters)


def _canonical_url(settings: Settings) -> str | None:
    return f"https://{settings.domain.name}/" if settings.domain.name else None
