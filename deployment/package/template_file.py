"""The stack's template as a file, for users and other tools."""

from __future__ import annotations

from pathlib import Path

from deployment.package.environment_size import require_room_in_environment
from deployment.package.refused_resources import lines_named
from files import write_atomically
from settings import Settings
from template_gen.stack import generate, to_json


def write_template(settings: Settings, output: Path) -> str:
    """Generate the template, write it to `output`/template.json, and return it.

    Raises OutputError if not writable, LintError for a resource that cannot be generated, SettingsError for too many
    origins.
    """
    with lines_named():
        template = generate(settings)
        text = to_json(template)
    require_room_in_environment(template.to_dict())
    write_atomically(output / "template.json", text.encode())
    return text
