"""The templates of every variant, generated once, and short ways into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from settings import validate
from template_gen import names
from template_gen.stack import to_json
from template_gen.variants import variants

SETTINGS = validate({}, Path("settings.toml"))
TEMPLATES = {name: json.loads(to_json(template)) for name, template in variants(SETTINGS).items()}
PLAIN = TEMPLATES["no domain"]
ROUTE_53 = TEMPLATES["domain in Route 53"]


def properties(logical_id: str, template: dict[str, Any] = PLAIN) -> Any:
    return template["Resources"][logical_id]["Properties"]


def of_type(kind: str, template: dict[str, Any] = PLAIN) -> dict[str, Any]:
    return {k: v["Properties"] for k, v in template["Resources"].items() if v["Type"] == kind}


def distribution(template: dict[str, Any] = PLAIN) -> Any:
    return properties(names.DISTRIBUTION, template)["DistributionConfig"]
