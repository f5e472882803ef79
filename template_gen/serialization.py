"""The text of a template. It is ASCII, because CloudFormation returns any other character as `?`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def as_text(document: Mapping[str, Any]) -> str:
    """Return a template document, such as one read back from CloudFormation, as `to_json` writes it."""
    return json.dumps(document, indent=0, sort_keys=True) + "\n"
