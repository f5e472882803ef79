"""Planning of a deploy: read the account, compare, and create a CloudFormation change set.

`deploy` executes the same change set. It cannot be created yet if the stack does not exist or must be created again, or
if the deploy first has to create the artifact bucket or the certificate. In these cases the templates are compared, and
`deploy` checks the change set that it creates later for data loss.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from troposphere import Template

from deployment.aws.target import Target
from deployment.domain.domain_check import check_domain
from deployment.package.artifacts import temporary_template_url
from deployment.package.prepared import Prepared
from deployment.plan.ceiling import ceiling
from deployment.plan.cost import Traffic, estimate
from deployment.plan.plan import Action, CodePlan, Plan, SitePlan, StackPlan
from deployment.plan.stacks import Stacks
from deployment.plan.template_diff import ResolvedTemplate, compare, with_values
from deployment.release.release import Release, code_of, load
from deployment.site.upload import SitePlace, plan_site
from deployment.site.upload_plan import UploadPlan
from deployment.stack.change_sets import Change, ChangeSet
from deployment.stack.changes import DATA_TYPES
from deployment.stack.kept_data import Data, adoptable, left_over, of_stack
from deployment.stack.origin_secret import masked, origin_secret
from deployment.stack.stack import Stack
from deployment.stack.state import StackState, plan_start, remedy
from errors import StackError, UsageError
from template_gen import names
from template_gen.artifacts import generate_artifacts
from template_gen.certificate import generate_certificate
from template_gen.stack import to_json

NOTHING = ResolvedTemplate({}, {})
LATER = "(known after the deploy)"


@dataclass(frozen=True)
class PlanningResult:
    """The plan and its inputs.

    state: of the main stack. place: the location of the site, None if new. release: the latest version that has passed
    the smoke test, None if none has.
    """

    plan: Plan
    state: StackState
    upload: UploadPlan
    place: SitePlace | None
    release: Release | None


def make_plan(
    prepared: Prepared, stacks: Stacks, states: Mapping[str, StackState], traffic: Traffic, *, dry: bool
) -> PlanningResult:
    """Return the plan that deploys `prepared` to `stacks`. dry: delete the change set and the uploaded template.

    states: stack name -> settled state. Raises StackError for a stack that only the user can repair, and CloudError for
    a domain that cannot work.
    """
    sides, known = _side_plans(prepared, stacks, states)
    retained = _retained(prepared, stacks.main, states[stacks.main.name])
    main, state = _main_plan(prepared, known, stacks.main, states[stacks.main.name], retained=retained, dry=dry)
    place = SitePlace.of(state.outputs, known[names.CODE_BUCKET])
    upload = plan_site(
        prepared.site,
        place,
        prepared.target,
        now=datetime.now(UTC),
        keep_assets_days=prepared.settings.site.keep_assets_days,
    )
    release = load(place.artifacts, prepared.target) if place else None
    plan = Plan(
        name=prepared.settings.stack.name,
        region=prepared.target.resolved_region,
        stacks=(*sides, main),
        code=_code_plan(prepared, state),
        site=_site_plan(upload),
        cost=estimate(prepared.settings, traffic),
        ceiling=ceiling(prepared.settings),
        notes=() if main.adopts or not retained else (_not_adopted(retained),),
        unverified=bool(place) and not (release and release.is_deployed(state, upload.before)),
    )
    return PlanningResult(plan, state, upload, place, release)


def main_change(prepared: Prepared, known: Mapping[str, str], state: StackState) -> Change:
    """Return the change of the main stack. known: the parameters from other stacks, "" if not known yet."""
    own = {
        names.CODE_KEY: prepared.package.key,
        names.INLINE_STYLES: allowed_styles(prepared.inline_styles, state.outputs),
        names.ORIGIN_SECRET: origin_secret(prepared.target, state.parameters, renew=prepared.options.new_origin_secret),
    }
    filled = {name: value or LATER for name, value in known.items()}
    return Change(prepared.template, {**filled, **own, **prepared.parameters}, mode=prepared.options.mode)


def allowed_styles(styles: Sequence[str], before: Mapping[str, str]) -> str:
    """Return the hashes for the security policy: the stylesheets of the new pages and those of the previous deploy.

    Edge locations receive the new policy and the new pages at different times; until then, both versions need styles.
    """
    known = before.get(names.INLINE_STYLES, "").split()
    if known[: len(styles)] == list(styles):
        return " ".join(known)
    return " ".join(dict.fromkeys([*styles, *known[: len(styles)]]))


def _side_plans(
    prepared: Prepared, stacks: Stacks, states: Mapping[str, StackState]
) -> tuple[list[StackPlan], dict[str, str]]:
    """Return the plans of the artifact and certificate stacks, and the main stack's parameters from them."""
    settings = prepared.settings
    state = states[stacks.artifacts.name]
    artifacts, bucket = side_plan(stacks.artifacts, state, generate_artifacts(settings), names.ARTIFACT_BUCKET_NAME)
    known = {names.CODE_BUCKET: bucket}
    if not settings.domain.name:
        return [artifacts], known
    check_domain(settings, prepared.target)
    if stacks.certificate is None:
        return [artifacts], {**known, names.CERTIFICATE_ARN: settings.domain.certificate_arn}
    state = states[stacks.certificate.name]
    certificate, arn = side_plan(stacks.certificate, state, generate_certificate(settings), names.CERTIFICATE_ARN)
    return [artifacts, certificate], {**known, names.CERTIFICATE_ARN: arn}


def side_plan(stack: Stack, state: StackState, template: Template, output: str) -> tuple[StackPlan, str]:
    """Return the plan of one of these stacks, and its output. It needs no change set, as these stacks hold no data."""
    change = Change(to_json(template), {})
    after = ResolvedTemplate(json.loads(change.template), change.parameters)
    if plan_start(stack.name, state) != "UPDATE":
        return StackPlan(stack.name, "recreate" if state.exists else "create", compare(NOTHING, after)), ""
    before = ResolvedTemplate(stack.template(), state.parameters)
    known = state.outputs.get(output, "")
    if stack.unchanged(change, state):
        return StackPlan(stack.name, "keep"), known
    return StackPlan(stack.name, "update", compare(before, after)), known


def _main_plan(  # noqa: PLR0913 - the last two are keywords
    prepared: Prepared,
    known: Mapping[str, str],
    stack: Stack,
    state: StackState,
    *,
    retained: Sequence[Data],
    dry: bool,
) -> tuple[StackPlan, StackState]:
    """Return the plan of the main stack and its state, which is empty if the stack will be created (again).

    retained: the data of an earlier stack.
    """
    change = main_change(prepared, known, state)
    after = ResolvedTemplate(json.loads(change.template), masked(change.parameters))
    if plan_start(stack.name, state) != "UPDATE":
        _require_no_data(stack, state)
        action: Action = "recreate" if state.exists else "create"
        adopts = adoptable(retained)
        adopted = {one.logical_id for one in adopts}
        new = tuple(one for one in compare(NOTHING, after) if one.logical_id not in adopted)
        return StackPlan(stack.name, action, new, stamp=state.stamp, adopts=adopts), StackState("")
    complete = LATER not in change.parameters.values()
    if complete and stack.unchanged(change, state):
        return StackPlan(stack.name, "keep", stamp=state.stamp), state
    before = ResolvedTemplate(stack.template(), state.parameters)
    if not complete or remedy(state):
        return StackPlan(stack.name, "update", compare(before, after), stamp=state.stamp), state
    change_set = _proposed(prepared, stack, change, state, dry=dry)
    if change_set is None:
        return StackPlan(stack.name, "keep", stamp=state.stamp), state
    changes = tuple(with_values(one, before, after) for one in change_set.changes)
    return StackPlan(stack.name, "update", changes, "" if dry else change_set.arn, state.stamp), state


def _retained(prepared: Prepared, stack: Stack, state: StackState) -> Sequence[Data]:
    """Return the data that an earlier stack has retained, for a stack that does not exist yet.

    Raises UsageError if the data of another stack is to be adopted and one of the stacks exists, and CloudError.
    """
    source = prepared.options.adopt_from
    if source and (existing := _existing(stack, state, source, prepared.target)):
        raise UsageError("--adopt-from", *existing)
    if prepared.options.new_data or plan_start(stack.name, state) == "UPDATE":
        return ()
    own = of_stack(stack.resources()) if state.exists else ()
    return [one for one in left_over(source or stack.name, prepared.target) if one not in own]


def _existing(stack: Stack, state: StackState, source: str, target: Target) -> tuple[str, str] | None:
    """Return what is wrong and what to do if this stack or the one called `source` exists."""
    if plan_start(stack.name, state) == "UPDATE":
        return f"stack {stack.name} exists and has data of its own", "use it for the first deploy under a new name"
    if source != stack.name and Stack(source, target).read_settled().exists:
        return (
            f"stack {source} exists and uses its data",
            "destroy it first, which by default retains its data",
        )
    return None


def _not_adopted(retained: Sequence[Data]) -> str:
    found = ", ".join(map(str, retained))
    return (
        f"earlier stacks have retained {found}; none is adopted, as a part exists twice. "
        "To move a count: python3 build.py count export FILE --table NAME, then deploy and count import FILE"
    )


def _proposed(prepared: Prepared, stack: Stack, change: Change, state: StackState, *, dry: bool) -> ChangeSet | None:
    """Return the change set, None for no changes. dry: delete it and the uploaded template again."""
    bucket = change.parameters[names.CODE_BUCKET]
    with temporary_template_url(change.template, bucket, prepared.target, keep=not dry) as url:
        change_set = stack.propose(replace(change, template_url=url), state, dry=dry)
        if change_set and dry:
            stack.change_sets.delete(change_set.arn)
    return change_set


def _require_no_data(stack: Stack, state: StackState) -> None:
    """Raise StackError if a failed deletion has left the table or the bucket: `destroy` has to complete it."""
    if state.status != "DELETE_FAILED":
        return
    resources, remaining = stack.template().get("Resources", {}), stack.resources()
    data = [name for name in remaining if resources.get(name, {}).get("Type") in DATA_TYPES]
    if data:
        raise StackError(
            f"stack {stack.name}",
            f"its deletion failed (DELETE_FAILED), and it still has {', '.join(sorted(data))}",
            "complete the deletion (python3 build.py destroy), then deploy again",
        )


def _code_plan(prepared: Prepared, state: StackState) -> CodePlan:
    return CodePlan(code_of(state.parameters), prepared.package.sha256)


def _site_plan(upload: UploadPlan) -> SitePlan:
    return SitePlan(
        new=tuple(sorted(file.key for file in upload.new)),
        changed=tuple(sorted(file.key for file in upload.changed)),
        unchanged=tuple(sorted(file.key for file in upload.unchanged)),
        delete=tuple(left.key for left in (*upload.deleted, *upload.pruned)),
        kept=tuple(left.key for left in upload.kept),
        invalidate=upload.invalidate,
    )
