"""The stack's template as a file, for users and other tools."""

from __future__ import annotations

from pathlib import Path

from files import write_atomically
from settings import Settings
from template_gen.stack import generate, to_json


def write_template(settings: Settings, output: Path) -> str:
    """Generate the template, write it to `output`/template.json, and return it. Raises OutputError if not writable."""
    text = to_json(generate(settings))
    write_atomically(output / "template.json", text.encode())
    return text
