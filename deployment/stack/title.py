"""What a stack is called in messages. Users name the main stack only, in settings.toml; the others are ours."""

from __future__ import annotations

import re

ARTIFACTS = "-artifacts"
"""The suffix of the artifact stack's name."""

_CERTIFICATE = re.compile(r"(?P<main>.+)-certificate(?:-[0-9a-f]{8})?")


def title(name: str) -> str:
    """Return "stack cv", or "the artifact stack of cv (cv-artifacts)"."""
    if name.endswith(ARTIFACTS) and name != ARTIFACTS:
        return f"the artifact stack of {name.removesuffix(ARTIFACTS)} ({name})"
    if found := _CERTIFICATE.fullmatch(name):
        return f"the certificate stack of {found['main']} ({name})"
    return f"stack {name}"
