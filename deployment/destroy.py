"""Takes the stacks out of the account. `plan_destroy` looks and decides, `describe` says it, `destroy` carries it out.

1. settle    a change that is under way is waited for
2. policies  where the stack itself says otherwise about the data than the user does now, it is told: CloudFormation
             goes by the template that was deployed last
3. empty     buckets that go are emptied, every version
4. stacks    the stack, the artifacts, the certificates
5. data      what stays is named, with the command that deletes it or moves its count; what goes and was left over by
             an earlier destroy is deleted

Each step looks first, so a second run completes a broken one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployment.aws.bucket import empty_bucket, read_bucket
from deployment.aws.target import Target
from deployment.counter.backups import PREFIX, backup_bucket
from deployment.domain.certificates import certificate_stacks
from deployment.package.artifacts import artifact_stack, template_url
from deployment.stack import kept_data
from deployment.stack.kept_data import Data
from deployment.stack.progress import silent
from deployment.stack.stack import Change, Say, Stack
from deployment.stack.state import DEAD, StackState
from errors import StackError
from settings import Settings
from template_gen import certificate, names

KEEP, DELETE = "RetainExceptOnCreate", "Delete"


@dataclass(frozen=True)
class DestroyPlan:
    """What there is, and what becomes of it. set_deletion_policy: whether the stack's deletion policies must be changed
    before it is deleted.

    earlier: data that an earlier destroy, or a replacement, has left. backups: the bucket with the copies of the count,
    "" where there are none; it stays with the data, and its stack with it.
    """

    stack: str
    region: str
    exists: bool
    keep: bool
    set_deletion_policy: bool
    data: tuple[Data, ...]
    earlier: tuple[Data, ...]
    artifacts: str
    certificates: tuple[str, ...]
    backups: str = ""

    @property
    def nothing(self) -> bool:
        return not (self.exists or self.artifacts_go or self.certificates or (self.earlier and not self.keep))

    @property
    def artifacts_go(self) -> bool:
        return bool(self.artifacts) and not (self.keep and self.backups)


def plan_destroy(settings: Settings, target: Target, *, delete_data: bool = False) -> DestroyPlan:
    """Looks, and decides. Raises StackError when the data cannot be treated as the user wants."""
    stack = Stack(settings.stack.name, target, silent)
    state = stack.read()
    keep = settings.stack.keep_data_on_destroy and not delete_data
    data = kept_data.of_stack(stack.resources()) if state.exists else ()
    artifacts = artifact_stack(settings, target, silent)
    bucket = backup_bucket(settings, target)
    return DestroyPlan(
        stack=stack.name,
        region=target.resolved_region,
        exists=bool(state.status),
        keep=keep,
        set_deletion_policy=bool(data) and _needs_deletion_policy(stack, state, data, keep=keep),
        data=data,
        earlier=tuple(one for one in kept_data.left_over(stack.name, target) if one not in data),
        artifacts=artifacts.name if artifacts.read().status else "",
        certificates=tuple(certificate_stacks(settings, target)),
        backups=bucket if bucket and read_bucket(bucket, target, PREFIX) else "",
    )


def describe(plan: DestroyPlan) -> list[str]:
    """What goes and what stays, a line each."""
    if plan.nothing:
        return [
            f"there is no stack {plan.stack} in {plan.region}: nothing to delete",
            *_kept_lines(plan.earlier, plan.backups),
        ]
    backups = [f"bucket {plan.backups} with the backups of the count"] if plan.backups else []
    artifacts = [plan.artifacts] if plan.artifacts_go else []
    gone = [f"stack {name}" for name in (*artifacts, *plan.certificates)]
    if plan.exists:
        gone.insert(0, f"stack {plan.stack} in {plan.region}: distribution, WebSocket API, router, logs, alarms")
    data = (*plan.data, *plan.earlier)
    if not plan.keep:
        gone += [f"{one}{' with the visitor count' if one.logical_id == names.VISITOR_COUNTS else ''}" for one in data]
        gone += backups
    lines = [f"GOES   {line}" for line in gone]
    return lines + [f"STAYS  {one}" for one in (*data, *backups)] if plan.keep else lines


def destroy(plan: DestroyPlan, settings: Settings, target: Target, say: Say) -> None:
    """Carries the plan out. Raises StackError with the resource that stays against it."""
    stack = Stack(plan.stack, target, say)
    state = stack.read_settled()
    if plan.set_deletion_policy:
        _set_deletion_policy(stack, state, target, keep=plan.keep)
        say(f"stack {plan.stack}: knows now that its data {'stays' if plan.keep else 'goes'}")
    if not plan.keep:
        for bucket in [one for one in plan.data if one.is_bucket]:
            empty_bucket(bucket.name, target)
    stack.delete()
    say(f"stack {plan.stack}: gone")
    if plan.artifacts_go:
        _destroy_artifacts(artifact_stack(settings, target, say), target)
    elif plan.backups:
        empty_bucket(plan.backups, target, but=PREFIX)
    for name in plan.certificates:
        Stack(name, target.in_region(certificate.REGION), say).delete()
    if plan.keep:
        for line in _kept_lines((*plan.data, *plan.earlier), plan.backups):
            say(line)
        return
    # The stack's own too: one whose resource CloudFormation gave up on would else stay.
    for one in (*plan.data, *plan.earlier):
        kept_data.delete(one, target)
        say(f"{one}: gone")


def with_policies(template: Mapping[str, Any], *, keep: bool) -> dict[str, Any]:
    """The template with another fate for its data. CloudFormation notices a policy only beside a change of metadata."""
    changed: dict[str, Any] = json.loads(json.dumps(template))
    for logical_id in (*kept_data.BUCKETS, *kept_data.TABLES):
        if logical_id in changed["Resources"]:
            resource = changed["Resources"][logical_id]
            resource["DeletionPolicy"] = KEEP if keep else DELETE
            resource["Metadata"] = {**resource.get("Metadata", {}), "KeepDataOnDestroy": keep}
    return changed


def _needs_deletion_policy(stack: Stack, state: StackState, data: tuple[Data, ...], *, keep: bool) -> bool:
    resources = stack.template().get("Resources", {})
    policies = {one.logical_id: resources.get(one.logical_id, {}).get("DeletionPolicy", DELETE) for one in data}
    wrong = [logical_id for logical_id, policy in policies.items() if (policy != DELETE) != keep]
    if not wrong or (state.status in DEAD and not keep):
        # Of a stack that cannot be updated the data is deleted by us, once CloudFormation has left it behind.
        return False
    if state.status in DEAD:
        raise StackError(
            f"stack {stack.name}: {wrong[0]}",
            f"your data is to stay, but the stack would delete it and, being {state.status}, cannot be told otherwise",
            "save the count (python3 build.py count export FILE), then destroy with --delete-data",
        )
    return True


def _set_deletion_policy(stack: Stack, state: StackState, target: Target, *, keep: bool) -> None:
    text = json.dumps(with_policies(stack.template(), keep=keep), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    url = template_url(text, state.parameters.get(names.CODE_BUCKET, ""), target)
    stack.apply(Change(text, state.parameters, url))


def _destroy_artifacts(stack: Stack, target: Target) -> None:
    if stack.read_settled().exists and (bucket := stack.resources().get(names.ARTIFACT_BUCKET)):
        empty_bucket(bucket, target)
    stack.delete()


def _kept_lines(data: tuple[Data, ...], backups: str) -> list[str]:
    lines = [f"kept: {one}" for one in data]
    if backups:
        lines += [
            f"kept: bucket {backups}",
            "  to bring the count back from it: deploy, then python3 build.py count restore",
        ]
    if not lines:
        return []
    lines.append("  to delete all of it: python3 build.py destroy --delete-data")
    for one in [one for one in data if one.logical_id == names.VISITOR_COUNTS]:
        lines += [
            f"  to move its count: python3 build.py count export visits.json --table {one.name}",
            "    then deploy, and: python3 build.py count import visits.json",
        ]
    return lines
