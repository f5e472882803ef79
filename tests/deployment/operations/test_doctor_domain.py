"""`doctor` with a domain: its zone and its certificate."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.aws.finding import Finding
from deployment.operations.doctor import check_account, check_machine
from tests.deployment.conftest import MakeSettings
from tests.deployment.domain.test_certificates import ARN, FakeAcm, pending
from tests.deployment.domain.test_domain_check import IN_ZONE, FakeNetwork, network
from tests.deployment.fakes import FakeTarget, refused
from tests.deployment.operations.test_doctor import Account, target_of

OURS = {"Name": "example.com."}


def finding(part: str, target: FakeTarget, make_settings: MakeSettings, **domain: Any) -> Finding:
    settings = make_settings(domain={"name": "example.com", **domain})
    clients = {**target_of(Account()).clients, **target.clients}
    found = check_account(settings, FakeTarget("eu-central-1", clients=clients))
    return next(one for one in found if one.part == part)


def test_a_domain_that_can_work(make_settings: MakeSettings) -> None:
    there = network(OURS, acm=FakeAcm({}))
    found = finding("domain", there, make_settings, hosted_zone="Z1", www_redirect=True)
    assert (found.state, found.well) == ("example.com, www.example.com, zone Z1", True)
    assert finding("domain", there, make_settings).state == "example.com, DNS elsewhere"


def test_a_domain_that_cannot_work_is_wrong(make_settings: MakeSettings) -> None:
    found = finding("domain", network(acm=FakeAcm({})), make_settings, **IN_ZONE)
    assert found.well is False
    assert "hosted zone Z1 does not exist" in found.state


def test_a_domain_that_may_not_be_read_is_unknown(make_settings: MakeSettings) -> None:
    class Denied(FakeNetwork):
        def get_hosted_zone(self, **_: Any) -> dict[str, Any]:
            raise refused("GetHostedZone", "AccessDenied", "not authorized")

    there = FakeTarget(clients={**network(acm=FakeAcm({})).clients, "route53": Denied()})
    found = finding("domain", there, make_settings, **IN_ZONE)
    assert found.well is None
    assert found.fix


RECORDS = (
    "create _1.example.com  CNAME  _2.acm-validations.aws; _1.www.example.com  CNAME  _2.acm-validations.aws; "
    "then deploy"
)
CERTIFICATE = "certificate"


@pytest.mark.parametrize(
    ("certificate", "zone", "found"),
    [
        ({}, "", Finding(CERTIFICATE, "none yet: deploy requests one in us-east-1")),
        (pending(Status="ISSUED"), "", Finding(CERTIFICATE, "issued")),
        (pending(), "", Finding(CERTIFICATE, "PENDING_VALIDATION", None, RECORDS)),
        (pending(), "Z1", Finding(CERTIFICATE, "PENDING_VALIDATION", None, "python3 build.py deploy")),
    ],
)
def test_the_state_of_the_certificate(
    certificate: dict[str, Any], zone: str, found: Finding, make_settings: MakeSettings
) -> None:
    there = network(OURS, acm=FakeAcm(certificate))
    assert finding(CERTIFICATE, there, make_settings, hosted_zone=zone, www_redirect=True) == found


def test_a_certificate_of_the_settings_is_not_searched_for(make_settings: MakeSettings) -> None:
    there = network(acm=FakeAcm(pending(Status="ISSUED")))
    assert finding("certificate", there, make_settings, certificate_arn=ARN).state == "from the settings, issued"


def test_a_package_for_another_platform_is_not_missing(tmp_path: Any) -> None:
    pins = tmp_path / "run.txt"
    pins.write_text("no-such-package==1.0 \\\n    --hash=x\n")
    assert next(one for one in check_machine(pins, lambda _: None) if one.part == "packages").well
