"""What is there: the stack's state and outputs, and the count."""

from __future__ import annotations

from deployment.aws_errors import translated
from deployment.stack import Say, Stack
from deployment.target import Target
from errors import StackError
from settings import Settings
from template_gen import names


def status(settings: Settings, target: Target, say: Say) -> None:
    """Says how the stack is. Raises StackError when there is none."""
    state = Stack(settings.stack.name, target, say).read()
    if not state.exists:
        raise StackError(
            f"stack {settings.stack.name}", f"there is none in {target.resolved_region}", "python3 build.py deploy"
        )
    changed = f"{state.updated:%Y-%m-%d %H:%M} UTC"
    say(f"{settings.stack.name} in {target.resolved_region}: {state.status}, last changed {changed}")
    for name in sorted(state.outputs):
        say(f"  {name:<22} {state.outputs[name]}")
    if names.VISITOR_COUNTS_TABLE in state.outputs:
        say(f"  {'visits counted':<22} {visitor_count(state.outputs[names.VISITOR_COUNTS_TABLE], target):,}")


def visitor_count(table: str, target: Target) -> int:
    """The count as the table holds it now."""
    with translated(f"table {table}"):
        item = target.client("dynamodb").get_item(
            TableName=table, Key={"id": {"S": "visitorCount"}}, ConsistentRead=True
        )
    return int(item.get("Item", {}).get("currentCount", {"N": "0"})["N"])
