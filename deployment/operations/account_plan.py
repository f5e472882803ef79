"""The plan of the account. A new account on the free plan closes when the plan ends, with everything in it.

Accounts opened since July 15, 2025 are on the free or on the paid plan; older ones have none. The free plan ends after
six months, or when the credits are used up. Sources, looked up in November 2026: GetAccountPlanState, AWS Billing and
Cost Management API Reference; references/free-tier.md of AWS's agent toolkit (aws/agent-toolkit-for-aws).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.aws.finding import Finding
from deployment.aws.target import Target

REGION = "us-east-1"
"""The only Region with this API."""

UPGRADE = "upgrade to the paid plan before (Billing and Cost Management console); docs/costs.md has what is paid then"


def account_plan(target: Target) -> Finding | None:
    """Return the finding of the account's plan; None if it has none, or if the caller or the endpoint cannot tell."""
    if target.endpoint_url:
        return None
    try:
        state = target.in_region(REGION).client("freetier").get_account_plan_state()
    except (ClientError, BotoCoreError):
        return None
    return finding_of(state)


def finding_of(state: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a response of GetAccountPlanState."""
    if state.get("accountPlanType") == "PAID":
        return Finding("account plan", "paid: the account stays open when the credits are used up")
    if state.get("accountPlanType") != "FREE":
        return None
    ends = state.get("accountPlanExpirationDate")
    credit = state.get("accountPlanRemainingCredits") or {}
    when = f" on {ends:%Y-%m-%d}" if ends else ""
    left = f", {credit['amount']:,.2f} {credit['unit']} of credits left" if credit else ""
    return Finding("account plan", f"free: it ends{when}, and the account closes with the site{left}", None, UPGRADE)
