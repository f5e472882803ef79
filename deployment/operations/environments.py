"""Independent copies of everything under other names: a preview for a branch, a rehearsal of an update."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deployment.aws.errors import translated
from deployment.aws.target import Target
from deployment.stack.ownership import is_main
from deployment.stack.progress import Say
from deployment.stack.stack import Stack
from errors import UsageError
from settings import Domain, Settings
from template_gen import names

STACK_NAME_LIMIT = 40
"""Characters: names within the stack, of at most 64, begin with it."""

NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
RESERVED = ("artifacts", "certificate")
"""`<stack>-artifacts` and `<stack>-certificate` are stacks of the main environment."""


@dataclass(frozen=True)
class Environment:
    """`name` is "" for the main one; `url` is "" until it has been deployed once."""

    name: str
    stack: str
    status: str
    updated: datetime
    url: str


def in_environment(settings: Settings, environment: str) -> Settings:
    """`settings` for `environment`: a stack of its own, at CloudFront's own address, with data that may go.
    "" is the main one, as it stands in the settings.

    Raises UsageError for a name that a stack's name cannot end with.
    """
    if not environment:
        return settings
    name = f"{settings.stack.name}-{environment}"
    if not NAME.fullmatch(environment) or environment in RESERVED or len(name) > STACK_NAME_LIMIT:
        raise UsageError(
            f"--env {environment}",
            "is no name for an environment",
            "use a letter, then letters, digits and hyphens, lower case, at most 20 in all and at most "
            f"{STACK_NAME_LIMIT} together with the stack's name, and neither {' nor '.join(RESERVED)}",
        )
    return replace(
        settings,
        stack=replace(settings.stack, name=name, keep_data_on_destroy=False),
        domain=Domain(name="", hosted_zone="", certificate_arn="", www_redirect=False),
    )


def environments(settings: Settings, target: Target, say: Say) -> tuple[Environment, ...]:
    """Those of `settings` in the Region, the main one first, whatever state they are in."""
    with translated("your stacks"):
        pages = target.client("cloudformation").get_paginator("describe_stacks").paginate()
        stacks = [stack for page in pages for stack in page["Stacks"]]
    found = _candidates(settings.stack.name, stacks)
    # One that was never executed has no template yet, and so nothing that could be somebody else's.
    return tuple(
        one
        for one in sorted(found, key=lambda one: one.name)
        if one.status == "REVIEW_IN_PROGRESS" or is_main(Stack(one.stack, target, say).template())
    )


def environment_lines(found: Iterable[Environment]) -> list[str]:
    return [
        f"{one.name or '(main)':<20} {one.stack:<40} {one.status:<24} {one.updated:%Y-%m-%d %H:%M}  {one.url}".rstrip()
        for one in found
    ]


def _candidates(base: str, stacks: Iterable[Mapping[str, Any]]) -> list[Environment]:
    """By name; whether they are this project's is in their templates."""
    found = []
    for stack in stacks:
        name = stack["StackName"]
        if name == base or (name.startswith(f"{base}-") and not name.endswith(tuple(f"-{one}" for one in RESERVED))):
            outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
            changed = stack.get("LastUpdatedTime") or stack["CreationTime"]
            short = name.removeprefix(base).removeprefix("-")
            found.append(Environment(short, name, stack["StackStatus"], changed, outputs.get(names.SITE_URL, "")))
    return found
