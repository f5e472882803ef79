"""The account's plan: free, paid, none, and where nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from deployment.operations.account_plan import account_plan, finding_of
from tests.deployment.fakes import FakeTarget, refused

FREE = {
    "accountId": "123456789012",
    "accountPlanType": "FREE",
    "accountPlanStatus": "ACTIVE",
    "accountPlanRemainingCredits": {"amount": 119.5, "unit": "USD"},
    "accountPlanExpirationDate": datetime(2027, 5, 1, tzinfo=UTC),
}


class FreeTier:
    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def get_account_plan_state(self) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def test_a_free_account_closes_with_the_site() -> None:
    finding = finding_of(FREE)
    assert finding
    assert finding.well is None
    assert (
        finding.state == "free: it ends on 2027-05-01, and the account closes with the site, 119.50 USD of credits left"
    )
    assert "upgrade" in finding.fix


def test_a_paid_account_and_one_without_a_plan() -> None:
    paid = finding_of({**FREE, "accountPlanType": "PAID"})
    assert paid
    assert paid.well
    assert finding_of({}) is None
    assert finding_of({"accountPlanType": "FREE"}) is not None


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException", "UnknownOperationException"])
def test_nothing_is_said_where_nobody_can_tell(code: str) -> None:
    clients = {"freetier": FreeTier(refused("GetAccountPlanState", code, "no"))}
    assert account_plan(FakeTarget("eu-central-1", clients=clients)) is None
    assert account_plan(FakeTarget("eu-central-1", "http://127.0.0.1:1", clients={})) is None
    assert account_plan(FakeTarget("eu-central-1", clients={"freetier": FreeTier(FREE)})) == finding_of(FREE)


def test_the_fields_are_those_of_the_service() -> None:
    client: Any = boto3.Session(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x").client(
        "freetier"
    )
    output = client.meta.service_model.operation_model("GetAccountPlanState").output_shape
    assert FREE.keys() == output.members.keys()
    assert output.members["accountPlanType"].enum == ["FREE", "PAID"]
