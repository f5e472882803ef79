"""The one Region in which CloudFormation can subscribe the distribution to a plan."""

from __future__ import annotations

from deployment.aws.target import Target
from errors import SettingsError
from settings import FREE_PLAN, Settings
from template_gen.pricing_plan import REGION


def require_plan_region(settings: Settings, target: Target) -> None:
    """Raise SettingsError if the plan asked for is not available where the stack is. An emulator has no plans."""
    if settings.cdn.plan != FREE_PLAN or target.endpoint_url or target.resolved_region == REGION:
        return
    raise SettingsError(
        "settings.toml: cdn.plan",
        f'"{FREE_PLAN}" is only possible in {REGION}, where CloudFront\'s plans and web ACLs are, and the stack is in '
        f"{target.resolved_region}",
        f'set stack.region = "{REGION}" for a new stack, or cdn.plan = "pay-as-you-go"',
    )
