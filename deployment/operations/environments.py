"""Environments: independent copies of the stack, such as a preview of a branch or a test of an update."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.stack.ownership import is_main
from deployment.stack.stack import Stack
from errors import UsageError
from settings import PAY_AS_YOU_GO, RULES, Alerts, Cdn, Domain, NotAllowedError, Settings
from template_gen import names

STACK_NAME_LIMIT = 40
"""Characters. It is the prefix of resource names, which have at most 64."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
PREVIEWS = "pr-"
"""The environment of pull request N is pr-N. The workflows of `init ci` deploy and destroy these."""

RESERVED = ("artifacts", "certificate", "github")
"""Suffixes of the other stacks of the main environment, such as `<stack>-artifacts`."""


@dataclass(frozen=True)
class Environment:
    """An environment. name: "" for the main one. url: "" before the first deploy is complete."""

    name: str
    stack: str
    status: str
    updated: datetime
    url: str


def in_environment(settings: Settings, environment: str) -> Settings:
    """Return the settings of an environment: its own stack, without a custom domain, whose data `destroy` deletes,
    and without CloudFront's plan, of which an account has few. The preview of a pull request sends no e-mail either.

    environment: "" for the main one, with the settings unchanged. Raises UsageError for an invalid name.
    """
    if not environment:
        return settings
    name = f"{settings.stack.name}-{environment}"
    if not NAME.fullmatch(environment) or environment in RESERVED or len(name) > STACK_NAME_LIMIT:
        raise UsageError(
            f"--env {environment}",
            "is not a valid name of an environment",
            "start with a letter; use lower-case letters, digits and hyphens, at most 20 in total and at most "
            f"{STACK_NAME_LIMIT} together with the stack's name, and none of {', '.join(RESERVED)}",
        )
    return replace(
        settings,
        stack=replace(settings.stack, name=name, keep_data_on_destroy=False),
        domain=Domain(name="", hosted_zone="", certificate_arn="", www_redirect=False),
        cdn=Cdn(PAY_AS_YOU_GO),
        alerts=Alerts("") if environment.startswith(PREVIEWS) else settings.alerts,
    )


def with_boundary(settings: Settings, boundary: str) -> Settings:
    """Return the settings with another permissions boundary. Raises UsageError for an invalid ARN."""
    rule = RULES["stack.permissions_boundary"]
    try:
        if not boundary:
            raise NotAllowedError
        rule.parse(boundary)
    except ValueError as exc:
        allowed = rule.allowed.removesuffix(', or "" for none')
        raise UsageError(f"--permissions-boundary {boundary!r}", f"is not {allowed}", "correct the ARN") from exc
    return replace(settings, stack=replace(settings.stack, permissions_boundary=boundary))


def environments(settings: Settings, target: Target) -> tuple[Environment, ...]:
    """Return the environments of this stack in the Region, in any state, the main one first. Raises CloudError."""
    with translated("your stacks"):
        pages = target.client("cloudformation").get_paginator("describe_stacks").paginate()
        stacks = [stack for page in pages for stack in page["Stacks"]]
    found = _candidates(settings.stack.name, stacks)
    # A stack in REVIEW_IN_PROGRESS has no template yet that could identify it.
    return tuple(
        one
        for one in sorted(found, key=lambda one: one.name)
        if one.status == "REVIEW_IN_PROGRESS" or is_main(Stack(one.stack, target).template())
    )


def environment_lines(found: Iterable[Environment]) -> list[str]:
    """Return a line for each environment."""
    return [
        f"{one.name or '(main)':<20} {one.stack:<40} {one.status:<24} {one.updated:%Y-%m-%d %H:%M}  {one.url}".rstrip()
        for one in found
    ]


def _candidates(base: str, stacks: Iterable[Mapping[str, Any]]) -> list[Environment]:
    """Return the stacks with a matching name, some of which may belong to other projects."""
    found = []
    for stack in stacks:
        name = stack["StackName"]
        if name == base or (name.startswith(f"{base}-") and not name.endswith(tuple(f"-{one}" for one in RESERVED))):
            outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
            changed = stack.get("LastUpdatedTime") or stack["CreationTime"]
            short = name.removeprefix(base).removeprefix("-")
            found.append(Environment(short, name, stack["StackStatus"], changed, outputs.get(names.SITE_URL, "")))
    return found
