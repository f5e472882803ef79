"""Checks of the resources in the account: drift, names, permissions, and data that outlives its stack."""

from __future__ import annotations

from deployment.stack import kept_data
from deployment.stack.drift import drift
from deployment.stack.required_output import required
from deployment.verification.check import Checks, require
from deployment.verification.environment import OTHER_RETENTION_DAYS, RETENTION_DAYS, Environment
from router.contract import tables
from template_gen import names
from template_gen.router_role import ROLE

RESOURCES = Checks()
COUNT = 41


@RESOURCES(minutes=2)
def drift_shows_a_manual_change(environment: Environment) -> str:
    """Drift detection gives the expected and the actual value of a property that was changed by hand."""
    logs, group = environment.client("logs"), required(environment.outputs, names.ROUTER_LOG_GROUP)
    logs.put_retention_policy(logGroupName=group, retentionInDays=OTHER_RETENTION_DAYS)
    lines: list[str] = []
    try:
        drift(environment.settings, environment.target, lines.append)
    finally:
        logs.put_retention_policy(logGroupName=group, retentionInDays=RETENTION_DAYS)
    wanted = f"RetentionInDays: {RETENTION_DAYS} → {OTHER_RETENTION_DAYS}"
    require(any(wanted in line for line in lines), f"no line has {wanted!r}: {'; '.join(lines)}")
    return wanted


@RESOURCES(minutes=0.1)
def each_bucket_has_its_region(environment: Environment) -> str:
    """ListBuckets with a prefix gives the Region of each bucket, by which `destroy` spares those of another Region."""
    prefix = f"{environment.settings.stack.name.lower()}-"
    found = environment.client("s3").list_buckets(Prefix=prefix)["Buckets"]
    regions = {one["Name"]: one.get("BucketRegion", "") for one in found}
    wanted = environment.target.resolved_region
    require(regions and set(regions.values()) == {wanted}, f"the Regions are {regions}")
    return f"{len(regions)} buckets in {wanted}"


@RESOURCES(minutes=0.1, emulator="its policy simulator takes no condition keys")
def the_router_may_not_write_any_other_row(environment: Environment) -> str:
    """The router's role denies PutItem on the row of the count, by the condition key dynamodb:LeadingKeys."""
    iam, account = environment.client("iam"), environment.client("sts").get_caller_identity()["Account"]
    role = iam.get_role(RoleName=environment.stack.resources()[ROLE])["Role"]["Arn"]
    partition, region = role.split(":")[1], environment.target.resolved_region
    table = required(environment.outputs, names.VISITOR_COUNTS_TABLE)
    key = {"ContextKeyName": "dynamodb:LeadingKeys", "ContextKeyType": "stringList"}
    (evaluated,) = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["dynamodb:PutItem"],
        ResourceArns=[f"arn:{partition}:dynamodb:{region}:{account}:table/{table}"],
        ContextEntries=[{**key, "ContextKeyValues": [tables.VISITOR_COUNT]}],
    )["EvaluationResults"]
    decision: str = evaluated["EvalDecision"]
    require(decision == "implicitDeny", f"the decision is {decision}")
    return decision


@RESOURCES(minutes=16)
def retained_data_is_adopted_with_its_count(environment: Environment) -> str:
    """`destroy` without --delete-data retains tables and bucket; the next deploy imports them into a new stack, with
    the count and without drift. A deletion policy that was changed by metadata alone is applied."""
    table = environment.table()
    table.add(COUNT)
    before = environment.table().count()
    environment.destroy(keep_data=True)
    kept = kept_data.left_over(environment.settings.stack.name, environment.target)
    require(len(kept) == len((*kept_data.BUCKETS, *kept_data.TABLES)), f"retained: {', '.join(map(str, kept))}")
    deployed = environment.deploy()
    adopted = required(deployed.outputs, names.VISITOR_COUNTS_TABLE)
    require(adopted == table.name, "the new stack has a table of its own")
    after = environment.table().count()
    require(after == before, f"the count was {before} and is {after}")
    lines: list[str] = []
    require(not drift(environment.settings, environment.target, lines.append), "; ".join(lines))
    return f"{len(kept)} retained and adopted; the count is {after}"
