"""Deletion of the stacks. `plan_destroy` decides, `describe` prints the decision, `destroy` executes it.

1. settle    wait for an operation in progress to complete: until then, not all resources of the stack are known
2. policies  update the stack if its deletion policies differ from the present settings, as CloudFormation applies the
             policies of the last deployed template
3. empty     delete every object version from the buckets that will be deleted
4. stacks    delete the main stack, then the artifact and certificate stacks
5. data      list the retained data, with the commands that delete it or move its count; delete the rest, including
             data retained by an earlier destroy

Somebody may deploy between the plan and its execution, so steps 1 and 2 are repeated in the execution, and data that
turns out to be retained afterwards is deleted too.

Each step reads the current state first, so running the command again completes an interrupted run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console import SILENT, Reporter
from deployment.aws.bucket import empty_bucket, read_bucket
from deployment.aws.target import Target
from deployment.counter.backups import PREFIX, backup_bucket
from deployment.domain.certificates import certificate_stacks
from deployment.package.artifacts import artifact_stack, template_url
from deployment.stack import kept_data
from deployment.stack.change_sets import Change
from deployment.stack.kept_data import Data
from deployment.stack.stack import Stack
from deployment.stack.state import DEAD, StackState
from errors import StackError, UsageError
from settings import Domain, Settings
from template_gen import certificate, names
from template_gen.serialization import as_text

KEEP, DELETE = "RetainExceptOnCreate", "Delete"


@dataclass(frozen=True)
class DestroyPlan:
    """The resources to delete and to retain.

    keep: retain the data. set_deletion_policy: the stack's deletion policies must be changed before it is deleted.
    data: the tables and the bucket of the stack. earlier: data retained by an earlier destroy or a replacement.
    backups: the bucket with the backups of the count, "" if there are none; retained with the data.
    spared: the stack exists, and is not deleted: only `earlier` is.
    force: delete the stack in DELETE_FAILED without the resources in `left`, each with the reason.
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
    spared: bool = False
    force: bool = False
    left: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Return True if there is nothing to delete."""
        return not (self.exists or self.artifacts_go or self.certificates or (self.earlier and not self.keep))

    @property
    def artifacts_go(self) -> bool:
        """Return True if the artifact stack is deleted as well: it is retained while it has backups of retained
        data."""
        return bool(self.artifacts) and not (self.keep and self.backups)


def plan_destroy(  # noqa: PLR0913 - the last three are keywords
    settings: Settings,
    target: Target,
    reporter: Reporter = SILENT,
    *,
    delete_data: bool = False,
    only_retained: bool = False,
    force: bool = False,
) -> DestroyPlan:
    """Return the plan of a destroy. Raises StackError when the data cannot be retained as the settings demand.

    only_retained: delete what an earlier stack has retained, and nothing of a stack that exists. reporter: prints the
    progress of an operation that has to complete first.
    force: of a stack in DELETE_FAILED, leave the resources that cannot be deleted; UsageError in any other state.
    """
    stack = Stack(settings.stack.name, target, reporter)
    state = stack.read_settled()
    left = left_by_force(stack, state) if force else ()
    keep = settings.stack.keep_data_on_destroy and not (delete_data or only_retained)
    data = kept_data.of_stack(stack.resources()) if state.exists else ()
    if only_retained and state.status:
        earlier = tuple(one for one in kept_data.left_over(stack.name, target) if one not in data)
        return DestroyPlan(stack.name, target.resolved_region, False, False, False, (), earlier, "", (), spared=True)
    artifacts = artifact_stack(settings, target)
    bucket = backup_bucket(settings, target)
    return DestroyPlan(
        stack=stack.name,
        region=target.resolved_region,
        exists=bool(state.status),
        keep=keep,
        set_deletion_policy=_needs_deletion_policy(stack, state, data, keep=keep),
        data=data,
        earlier=tuple(one for one in kept_data.left_over(stack.name, target) if one not in data),
        artifacts=artifacts.name if artifacts.read().status else "",
        certificates=tuple(certificate_stacks(settings, target)),
        backups=bucket if bucket and read_bucket(bucket, target, PREFIX) else "",
        force=force,
        left=left,
    )


def left_by_force(stack: Stack, state: StackState) -> tuple[str, ...]:
    """Return a line for each resource that a forced deletion leaves. Raises UsageError unless a deletion has failed."""
    if state.status != "DELETE_FAILED":
        raise UsageError(
            "destroy --force",
            f"stack {stack.name} is not in DELETE_FAILED, but {state.status or 'does not exist'}",
            "run python3 build.py destroy first",
        )
    ours = (*kept_data.BUCKETS, *kept_data.TABLES)  # which `destroy` deletes or retains by itself
    left = stack.undeleted()
    return tuple(f"{name} {physical}: {reason}" for name, (physical, reason) in left.items() if name not in ours)


def describe(plan: DestroyPlan) -> list[str]:
    """Return a line for each resource that will be deleted or retained."""
    if plan.nothing and plan.spared:
        return ["no data of earlier stacks is retained: nothing to delete"]
    if plan.nothing:
        return [
            f"stack {plan.stack} does not exist in {plan.region}: nothing to delete",
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
    lines = [*(f"DELETE  {line}" for line in gone), *(f"LEAVE   {line}" for line in plan.left)]
    return lines + [f"RETAIN  {one}" for one in (*data, *backups)] if plan.keep else lines


def destroy(plan: DestroyPlan, settings: Settings, target: Target, reporter: Reporter) -> None:
    """Execute the plan. Raises StackError, naming the resource, when one cannot be deleted."""
    unplanned = _destroy_stack(plan, target, reporter) if plan.exists else ()
    if plan.artifacts_go:
        _destroy_artifacts(artifact_stack(settings, target, reporter), target)
    elif plan.backups:
        empty_bucket(plan.backups, target, but=PREFIX)
    for name in plan.certificates:
        Stack(name, target.in_region(certificate.REGION), reporter).delete()
    if plan.certificates and settings.domain.hosted_zone:
        reporter(_validation_record_line(settings.domain))
    if plan.keep:
        for line in _kept_lines((*plan.data, *plan.earlier), plan.backups):
            reporter(line)
        return
    _require_not_live((*plan.data, *plan.earlier, *unplanned), plan.stack, target)
    # Including the stack's own data: CloudFormation may have skipped a resource that it failed to delete.
    for one in dict.fromkeys((*plan.data, *plan.earlier, *unplanned)):
        kept_data.delete(one, target)
        reporter(f"{one}: deleted")


def _destroy_stack(plan: DestroyPlan, target: Target, reporter: Reporter) -> tuple[Data, ...]:
    """Set the deletion policies, empty the buckets that will be deleted, and delete the stack. Return the data that
    exists afterwards.
    """
    stack = Stack(plan.stack, target, reporter)
    state = stack.read_settled()
    data = kept_data.of_stack(stack.resources()) if state.exists else ()
    if _needs_deletion_policy(stack, state, data, keep=plan.keep):
        _set_deletion_policy(stack, state, target, keep=plan.keep)
        reporter(f"stack {plan.stack}: deletion policy of the data set to {KEEP if plan.keep else DELETE}")
    if not plan.keep:
        for bucket in [one for one in data if one.is_bucket]:
            empty_bucket(bucket.name, target)
    try:
        stack.delete(force=plan.force)
    except StackError as error:
        error.next_step += "; to delete the stack without what cannot be deleted: python3 build.py destroy --force"
        raise
    reporter(f"stack {plan.stack}: deleted")
    return kept_data.left_over(plan.stack, target)


def _require_not_live(data: tuple[Data, ...], name: str, target: Target) -> None:
    """Raise StackError if a stack uses the data, as after a deploy since the plan was made, and CloudError."""
    stack, used = Stack(name, target), kept_data.owners(target)
    if stack.read_settled().exists:
        used |= dict.fromkeys(stack.resources().values(), name)
    for one in data:
        if user := used.get(one.name):
            raise StackError(
                f"stack {user}", f"it has been deployed since, and uses {one}", "run destroy again for a new plan"
            )


def with_policies(template: Mapping[str, Any], *, keep: bool) -> dict[str, Any]:
    """Return the template with the deletion policy of its data set. Metadata changes too, as CloudFormation does not
    update a stack for a changed policy alone.
    """
    changed: dict[str, Any] = json.loads(json.dumps(template))
    for logical_id in (*kept_data.BUCKETS, *kept_data.TABLES):
        if logical_id in changed["Resources"]:
            resource = changed["Resources"][logical_id]
            resource["DeletionPolicy"] = KEEP if keep else DELETE
            resource["Metadata"] = {**resource.get("Metadata", {}), "KeepDataOnDestroy": keep}
    return changed


def _needs_deletion_policy(stack: Stack, state: StackState, data: tuple[Data, ...], *, keep: bool) -> bool:
    if not data:
        return False
    resources = stack.template().get("Resources", {})
    policies = {one.logical_id: resources.get(one.logical_id, {}).get("DeletionPolicy", DELETE) for one in data}
    wrong = [logical_id for logical_id, policy in policies.items() if (policy != DELETE) != keep]
    if not wrong or (state.status in DEAD and not keep):
        # A stack that cannot be updated retains the data; `destroy` deletes it after the stack.
        return False
    if state.status in DEAD:
        raise StackError(
            f"stack {stack.name}: {wrong[0]}",
            f"deleting the stack would delete your data, and its deletion policy cannot be changed in {state.status}",
            "export the count (python3 build.py count export FILE), then destroy with --delete-data",
        )
    return True


def _set_deletion_policy(stack: Stack, state: StackState, target: Target, *, keep: bool) -> None:
    text = as_text(with_policies(stack.template(), keep=keep))
    url = template_url(text, state.parameters.get(names.CODE_BUCKET, ""), target)
    stack.apply(Change(text, state.parameters, url))


def _destroy_artifacts(stack: Stack, target: Target) -> None:
    if stack.read_settled().exists and (bucket := stack.resources().get(names.ARTIFACT_BUCKET)):
        empty_bucket(bucket, target)
    stack.delete()


def _validation_record_line(domain: Domain) -> str:
    """CloudFormation does not delete the record with the certificate. Source: issue 1603 of CloudFormation's coverage
    roadmap on GitHub.
    """
    return (
        f"left in the hosted zone {domain.hosted_zone}: the CNAME by which ACM validated the certificate; other "
        f"certificates for {domain.name} use the same one, so delete it by hand if there are none"
    )


def _kept_lines(data: tuple[Data, ...], backups: str) -> list[str]:
    lines = [f"retained: {one}" for one in data]
    if backups:
        lines += [
            f"retained: bucket {backups}",
            "  to restore the count from it: deploy, then python3 build.py count restore",
        ]
    if not lines:
        return []
    lines.append("  the next deploy adopts it; to delete it instead: python3 build.py destroy --only-retained")
    for one in [one for one in data if one.logical_id == names.VISITOR_COUNTS]:
        lines += [
            f"  to move its count: python3 build.py count export visits.json --table {one.name}",
            "    then deploy, and run: python3 build.py count import visits.json",
        ]
    return lines
