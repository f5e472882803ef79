"""Takes the stacks out of the account. What goes and what stays is said first; a second run completes a broken one.

Whether the data stays is written in the stack itself, since CloudFormation goes by the template that was deployed last
and not by today's settings. Where the two disagree nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping

from deployment.artifacts import artifact_stack
from deployment.bucket import empty_bucket
from deployment.certificates import certificate_stack
from deployment.stack import Say, Stack
from deployment.target import Target
from errors import StackError
from settings import Settings
from template_gen import names

DATA = {names.SITE_BUCKET: "bucket", names.VISITOR_COUNTS: "table", names.CONNECTION_IDS: "table"}
"""Logical ID -> what to call it."""


def describe(settings: Settings, target: Target) -> list[str]:
    """What `destroy` would do, a line each. Raises StackError when it would refuse to."""
    _data(settings, _stack(settings, target, _silent))
    kept = settings.stack.keep_data_on_destroy
    lines = [
        f"stack {settings.stack.name} in {target.resolved_region}: distribution, WebSocket API, router, logs: DELETED",
        "tables and site bucket: " + ("kept in your account" if kept else "DELETED, with the visitor count"),
        f"stack {settings.stack.name}-artifacts: DELETED",
    ]
    certificate = certificate_stack(settings, target, _silent)
    return [*lines, f"stack {certificate.name}: DELETED"] if certificate.read().status else lines


def destroy(settings: Settings, target: Target, say: Say) -> None:
    """Deletes the stacks; buckets that go are emptied before, every version of every object.

    Raises StackError when the stack keeps data that the settings do not, or the other way round.
    """
    stack = _stack(settings, target, say)
    stack.read_settled()
    data = _data(settings, stack)
    if names.SITE_BUCKET in data and not settings.stack.keep_data_on_destroy:
        empty_bucket(data[names.SITE_BUCKET], target)
    stack.delete()
    say(f"stack {stack.name}: gone")
    if settings.stack.keep_data_on_destroy:
        for logical_id, physical_id in data.items():
            say(f"kept: {DATA[logical_id]} {physical_id}")
    _destroy_artifacts(artifact_stack(settings, target, say), target)
    # Even without a domain today: the stack may be of the day when there was one.
    certificate_stack(settings, target, say).delete()


def _destroy_artifacts(stack: Stack, target: Target) -> None:
    if stack.read_settled().exists and (bucket := stack.resources().get(names.ARTIFACT_BUCKET)):
        empty_bucket(bucket, target)
    stack.delete()


def _data(settings: Settings, stack: Stack) -> Mapping[str, str]:
    """Logical ID -> physical ID of the bucket and the tables that are there.

    Raises StackError when what the stack would do with them is not what the settings say.
    """
    if not stack.read().exists:
        return {}
    there = stack.resources()
    data = {logical_id: there[logical_id] for logical_id in DATA if logical_id in there}
    resources = stack.template()["Resources"]
    for logical_id in data:
        policy = resources.get(logical_id, {}).get("DeletionPolicy", "Delete")
        if (policy != "Delete") != settings.stack.keep_data_on_destroy:
            raise StackError(
                f"stack {stack.name}: {logical_id}",
                f"stack.keep_data_on_destroy is {str(settings.stack.keep_data_on_destroy).lower()} now, but the stack "
                f"was deployed with the opposite (DeletionPolicy {policy}), and CloudFormation goes by that",
                "deploy once more, so that the stack knows, or set the key back; then destroy",
            )
    return data


def _stack(settings: Settings, target: Target, say: Say) -> Stack:
    return Stack(settings.stack.name, target, say)


def _silent(_: str) -> None:
    pass
