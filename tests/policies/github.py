"""The template of the GitHub workflows' roles, for tests."""

from __future__ import annotations

import json
from typing import Any

from deployment.github.repository import Repository, parse
from deployment.github.roles import boundary, main_access, preview_access
from deployment.role.deploy_policy import Place
from template_gen.github_roles import HOST, generate_github_roles
from template_gen.stack import compact_json
from tests.policies.evaluator import ACCOUNT, REGION
from tests.policies.test_deploy_role import settings_of

PLACE = Place(ACCOUNT, REGION)
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
IDS = "octo-org@123456/octo-repo@456789"


def repository(text: str = IDS) -> Repository:
    found = parse(text)
    assert found
    return found


def template(text: str = IDS, branch: str = "main", *, with_provider: bool = False) -> dict[str, Any]:
    """Return the template of the roles."""
    settings = settings_of()
    preview, main = (make(settings, repository(text), branch, PLACE) for make in (preview_access, main_access))
    made = generate_github_roles(settings, preview, main, boundary(settings, PLACE), with_provider=with_provider)
    found: dict[str, Any] = json.loads(compact_json(made))
    return found
