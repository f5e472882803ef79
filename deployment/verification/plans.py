"""Checks of the first deploy, of the plan, and of the change set that CloudFormation creates for it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import suppress
from dataclasses import replace

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code
from deployment.options import Options
from deployment.package.artifacts import artifact_stack
from deployment.package.prepared import Prepared, prepare
from deployment.package.router_zip import Package
from deployment.plan.cost import Traffic
from deployment.plan.planner import main_change, make_plan
from deployment.plan.stacks import Stacks
from deployment.recovery import settle
from deployment.stack.change_sets import is_stale
from deployment.stack.required_output import required
from deployment.verification.check import Checks, FailedError, require
from deployment.verification.environment import (
    OTHER_RETENTION_DAYS,
    RETENTION_DAYS,
    Environment,
    Interrupting,
    Interruption,
)
from errors import CloudError, StackError
from template_gen import names

PLANS = Checks()
CODE, RETENTION = "Code.S3Key", "RetentionInDays"


@PLANS(minutes=1, emulator="it creates a stack over a log group that exists")
def a_name_conflict_is_explained(environment: Environment) -> str:
    """A resource name that is taken is named before anything is created, with the reason."""
    template = json.loads(_prepared(environment).template)
    pattern = template["Resources"][names.ROUTER_LOGS]["Properties"]["LogGroupName"]["Fn::Sub"]
    group = pattern.replace("${AWS::StackName}", environment.settings.stack.name)
    environment.client("logs").create_log_group(logGroupName=group)
    try:
        environment.deploy()
    except StackError as error:
        said = str(error)
    else:
        raise FailedError(f"the stack was created although the log group {group} existed")
    finally:
        environment.client("logs").delete_log_group(logGroupName=group)
    require(names.ROUTER_LOGS in said and "already exists" in said, f"the error does not name the cause: {said}")
    require(not environment.stack.read().exists, "the conflict was found only after the creation had started")
    return said.splitlines()[0]


@PLANS(minutes=8, vital=True)
def an_interrupted_first_deploy_is_completed_by_the_next(environment: Environment) -> str:
    """After Ctrl-C while CloudFormation creates the stack, the next deploy waits, uploads the site and tests it."""
    with suppress(Interruption):
        environment.deploy(reporter=Interrupting(environment.reporter, names.ROUTER_LOGS))
        raise FailedError("the creation could not be interrupted")
    status = environment.stack.read().status
    deployed = environment.deploy()
    require(deployed.verified, "the deploy ended without a passed smoke test")
    return f"interrupted in {status}, then {environment.stack.read().status}"


@PLANS(minutes=0.5)
def a_second_deploy_changes_nothing(environment: Environment) -> str:
    """GetTemplate returns what was sent, so a deploy without changes creates no change set."""
    before = _change_sets(environment)
    deployed = environment.deploy()
    require(not deployed.changed, "the second deploy reports changes")
    require(_change_sets(environment) == before, "the second deploy created a change set")
    return "no changes, no new change set"


@PLANS(minutes=0.5)
def a_plan_shows_values_before_and_after(environment: Environment) -> str:
    """IncludePropertyValues gives the value of a property before and after the change, and only real changes count."""
    plan = environment.plan(environment.with_retention(OTHER_RETENTION_DAYS))
    changed = {one.logical_id: one for one in plan.main.changes if not one.follows}
    require(changed.keys() == {names.ROUTER_LOGS}, f"the plan changes {', '.join(changed) or 'nothing'}")
    values = {one.path: (one.before, one.after) for one in changed[names.ROUTER_LOGS].properties}
    expected = {RETENTION: (str(RETENTION_DAYS), str(OTHER_RETENTION_DAYS))}
    require(values == expected, f"the plan shows {values}")
    require(environment.plan().empty, "after the plan, another one is not empty")
    return f"{names.ROUTER_LOGS}.{RETENTION}: {RETENTION_DAYS} → {OTHER_RETENTION_DAYS}"


@PLANS(minutes=0.5)
def new_code_is_planned_before_its_upload(environment: Environment) -> str:
    """CloudFormation creates a change set although the zip that it names has not been uploaded."""
    prepared = _prepared(environment)
    package = _other(prepared.package)
    stacks = Stacks.of(environment.settings, environment.target, environment.reporter)
    new = replace(prepared, package=package)
    plan = make_plan(new, stacks, settle(stacks), Traffic(), dry=True).plan
    router = next((one for one in plan.main.changes if one.logical_id == names.ROUTER), None)
    keys = {one.path: (one.before, one.after) for one in router.properties} if router else {}
    require(keys.get(CODE) == (prepared.package.key, package.key), f"the plan shows {keys}")
    bucket = required(stacks.artifacts.read().outputs, names.ARTIFACT_BUCKET_NAME)
    try:
        environment.client("s3").head_object(Bucket=bucket, Key=package.key)
    except ClientError as error:
        require(error_code(error) in ("404", "NoSuchKey"), f"the bucket answers {error_code(error)}")
        return f"{CODE} changes; the zip is not in the bucket"
    raise FailedError("the plan uploaded the zip")


@PLANS(minutes=2)
def a_stale_change_set_is_refused(environment: Environment) -> str:
    """CloudFormation refuses to execute a change set after the stack has changed, so an approved plan stays what it
    was."""
    stack, state = environment.stack, environment.stack.read()
    bucket = required(
        artifact_stack(environment.settings, environment.target).read().outputs, names.ARTIFACT_BUCKET_NAME
    )
    first, second = (
        stack.propose(main_change(_prepared(environment, days), {names.CODE_BUCKET: bucket}, state), state)
        for days in (OTHER_RETENTION_DAYS, 2 * OTHER_RETENTION_DAYS)
    )
    if first is None or second is None:
        raise FailedError("a change set has no changes")
    stack.execute(second)
    try:
        stack.change_sets.execute(first)
    except CloudError as error:
        require(is_stale(error), f"it is refused for another reason: {error.what}")
        code = error_code(error.__cause__) if isinstance(error.__cause__, ClientError) else ""
    else:
        raise FailedError("the change set of an earlier state was executed")
    environment.deploy()
    return f"refused: {code}"


@PLANS(minutes=2)
def a_deploy_without_its_smoke_test_is_unverified(environment: Environment) -> str:
    """A deploy that ended before its smoke test is unverified, and the next one, without changes, tests it."""
    environment.write_site("Unverified")
    first = environment.deploy(Options())
    require(first.changed and not first.verified, "the deploy counts as verified without a smoke test")
    require(environment.plan().unverified, "diff does not say that the smoke test is missing")
    second = environment.deploy()
    require(not second.changed and second.verified, "the next deploy did not run the smoke test")
    require(not environment.plan().unverified, "diff still says that the smoke test is missing")
    return "unverified, then tested by the next deploy"


def _prepared(environment: Environment, days: int = RETENTION_DAYS) -> Prepared:
    return prepare(
        environment.with_retention(days), environment.target, environment.output, environment.parameters(), lint=False
    )


def _other(package: Package) -> Package:
    """Return the package with one more file, which changes nothing."""
    buffer = io.BytesIO(package.content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("router/verify.txt", "")
    return Package(buffer.getvalue(), hashlib.sha256(buffer.getvalue()).hexdigest())


def _change_sets(environment: Environment) -> set[str]:
    pages = (
        environment.client("cloudformation")
        .get_paginator("list_change_sets")
        .paginate(StackName=environment.settings.stack.name)
    )
    return {one["ChangeSetId"] for page in pages for one in page.get("Summaries", ())}
