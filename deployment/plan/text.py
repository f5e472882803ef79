"""The plan as text. Replacements and deletions are red; data losses come last, where they are noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from console import GREEN, RED, YELLOW
from deployment.plan.ceiling import ceiling_lines
from deployment.plan.cost import cost_lines
from deployment.plan.plan import Plan, StackPlan
from deployment.release.release import UNVERIFIED
from deployment.stack.changes import PropertyChange, ResourceChange

SHOWN_FILES = 12
SHOWN_CHARACTERS = 60
MARKS = {"Add": "+", "Remove": "-", "Import": "<"}

Paint = Callable[[str, str], str]


def plan_lines(plan: Plan, paint: Paint = lambda text, _: text, *, detailed_cost: bool = False) -> list[str]:
    """Return a line for each change. paint: colours a text (see `Console.painted`)."""
    lines = [f"plan for {plan.name} in {plan.region}:"]
    for stack in plan.stacks:
        lines += stack_lines(stack, paint)
    lines.append(f"  code: {_code(plan)}")
    lines += _site(plan, paint)
    lines += [f"  {line}" for line in cost_lines(plan.cost, detailed=detailed_cost)] if plan.cost else []
    lines += [f"  {line}" for line in ceiling_lines(plan.ceiling, detailed=detailed_cost)] if plan.ceiling else []
    lines += [f"  note: {note}" for note in plan.notes]
    if plan.unverified:
        lines.append(paint(f"  {UNVERIFIED}: the next deploy runs it", YELLOW))
    lines += [paint(f"  DATA LOSS: {loss}", RED) for loss in plan.losses]
    return [*lines, f"  {_sum(plan)}"]


def stack_lines(stack: StackPlan, paint: Paint) -> Iterator[str]:
    """Yield a line for the stack, and one for each of its changes."""
    description = {
        "keep": "unchanged",
        "create": f"to be created, {len(stack.changes)} resources",
        "recreate": f"to be created again ({len(stack.changes)} resources), as its first creation failed",
        "update": f"to be changed, {_count(len(stack.changes), 'resource')}",
    }
    yield f"  stack {stack.name}: {description[stack.action]}"
    for change in stack.changes:
        if not change.follows:
            yield from _resource(change, paint)
    for data in stack.adopts:
        yield paint(f"    < {data.logical_id}: {data}, retained from an earlier stack, is adopted with its data", GREEN)
    followers = [change.logical_id for change in stack.changes if change.follows]
    if followers:
        yield f"    · resources that refer to these: {', '.join(followers)}"


def _resource(change: ResourceChange, paint: Paint) -> Iterator[str]:
    mark = "!" if change.replaces else MARKS.get(change.action, "~")
    colour = RED if change.replaces or change.action == "Remove" else GREEN if change.action == "Add" else YELLOW
    effect = {"Remove": " REMOVED", "Import": " imported"}.get(change.action, "")
    if change.may_replace:
        effect = " may be REPLACED" if change.replaces else " may be replaced"
    elif change.replaces:
        effect = " REPLACED"
    yield paint(f"    {mark} {change.logical_id} ({change.kind}){effect}", colour)
    for one in change.properties:
        yield f"        {_property(one)}"


def _property(one: PropertyChange) -> str:
    recreates = " (requires replacement)" if one.recreates == "Always" else ""
    if one.before is None and one.after is None:
        return f"{one.path}: depends on another change{recreates}"
    return f"{one.path}: {_shown(one.before)} → {_shown(one.after)}{recreates}"


def _shown(value: str | None) -> str:
    if value is None:
        return "nothing"
    text = " ".join(value.split()) or '""'
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"


def _code(plan: Plan) -> str:
    after = plan.code.after[:12]
    if plan.code.empty:
        return f"{after}, unchanged"
    return f"{plan.code.before[:12]} → {after}" if plan.code.before else f"{after}, new"


def _site(plan: Plan, paint: Paint) -> Iterator[str]:
    site = plan.site
    yield (
        f"  site: {len(site.new)} new, {len(site.changed)} changed, {len(site.unchanged)} unchanged, "
        f"{len(site.delete)} to delete" + (f", {len(site.kept)} obsolete, kept for now" if site.kept else "")
    )
    for mark, colour, keys in (("+", GREEN, site.new), ("~", YELLOW, site.changed), ("-", RED, site.delete)):
        yield from (paint(f"    {mark} {key}", colour) for key in _some(keys))
    if site.invalidate:
        yield f"  invalidation: {', '.join(_some(site.invalidate))}"


def _some(texts: Sequence[str]) -> list[str]:
    if len(texts) <= SHOWN_FILES:
        return list(texts)
    return [*texts[:SHOWN_FILES], f"and {len(texts) - SHOWN_FILES:,} more"]


def _sum(plan: Plan) -> str:
    if plan.empty:
        return "no changes"
    changes = [change for stack in plan.stacks for change in stack.changes if not change.follows]
    counts = {
        "to add": sum(change.action == "Add" for change in changes),
        "to change": sum(change.action not in ("Add", "Remove") and not change.replaces for change in changes),
        "to replace": sum(change.replaces for change in changes),
        "to remove": sum(change.action == "Remove" for change in changes),
    }
    files = len(plan.site.new) + len(plan.site.changed) + len(plan.site.delete)
    return f"total: {', '.join(f'{count} {what}' for what, count in counts.items())}; {_count(files, 'file')}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
