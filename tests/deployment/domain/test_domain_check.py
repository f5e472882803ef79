"""Checks of the domain settings, with fakes of Route 53, CloudFront and ACM."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.domain.certificates import certificate_arn
from deployment.domain.domain_check import check_domain, covers
from errors import CloudError
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.domain.test_certificates import ARN, FakeAcm, pending
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Moment, refused


class FakeNetwork:
    """Fake Route 53 and CloudFront with one hosted zone and the given distributions."""

    def __init__(self, zone: Any = None, distributions: Any = ()) -> None:
        self._zone, self._distributions = zone, distributions

    def get_hosted_zone(self, **_: Any) -> dict[str, Any]:
        if self._zone is None:
            raise refused("GetHostedZone", "NoSuchHostedZone", "no zone")
        return {"HostedZone": self._zone}

    def get_paginator(self, _operation: str) -> FakeNetwork:
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"DistributionList": {"Items": list(self._distributions)}}]


def network(zone: Any = None, distributions: Any = (), acm: FakeAcm | None = None) -> FakeTarget:
    there = FakeNetwork(zone, distributions)
    stack = FakeCloudFormation([Moment("")])
    return FakeTarget(clients={"route53": there, "cloudfront": there, "acm": acm, "cloudformation": stack})


IN_ZONE = {"name": "example.com", "hosted_zone": "Z1"}


@pytest.mark.parametrize(
    ("domain", "target", "words"),
    [
        (IN_ZONE, network(), "hosted zone Z1"),
        (IN_ZONE, network({"Name": "example.org."}), "is the zone of example.org, and example.com is not in it"),
        (IN_ZONE, network({"Name": "ample.com."}), "example.com is not in it"),
        (IN_ZONE, network({"Name": "example.com.", "Config": {"PrivateZone": True}}), "a private hosted zone"),
        (
            {"name": "example.com"},
            network(distributions=[{"Id": "E1", "Comment": "old-cv", "Aliases": {"Items": ["example.com"]}}]),
            r"another distribution of yours, E1 \(old-cv\)",
        ),
        (
            {"name": "example.com", "certificate_arn": ARN},
            network(acm=FakeAcm(pending())),
            "is PENDING_VALIDATION, not ISSUED",
        ),
        (
            {"name": "cv.example.org", "certificate_arn": ARN},
            network(acm=FakeAcm(pending(Status="ISSUED"))),
            "does not cover cv.example.org",
        ),
    ],
)
def test_domain_settings_that_cannot_work_are_errors(
    domain: dict[str, str], target: FakeTarget, words: str, make_settings: MakeSettings
) -> None:
    with pytest.raises(CloudError, match=words):
        check_domain(make_settings(domain=domain), target)


def test_valid_domain_settings_pass(make_settings: MakeSettings) -> None:
    check_domain(make_settings(domain={**IN_ZONE, "www_redirect": True}), network({"Name": "example.com."}))
    own = make_settings(domain={"name": "example.com", "certificate_arn": ARN})
    target = network(acm=FakeAcm(pending(Status="ISSUED")))
    assert certificate_arn(own, target) == {names.CERTIFICATE_ARN: ARN}
    assert covers("*.example.com", "cv.example.com")
    assert not covers("*.example.com", "example.com")
    assert not covers("*.example.com", "a.b.example.com")


class FakeStack(FakeCloudFormation):
    """A stack with the distribution E1."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        found = super().describe_stacks(StackName)
        found["Stacks"][0]["Outputs"] = [{"OutputKey": names.DISTRIBUTION_ID, "OutputValue": "E1"}]
        return found


def test_the_distribution_of_the_stack_may_have_the_domain(make_settings: MakeSettings) -> None:
    own = {"Id": "E1", "Aliases": {"Items": ["example.com"]}}
    target = network(distributions=[own, {"Id": "E2"}])
    there = FakeTarget(clients={**target.clients, "cloudformation": FakeStack([Moment("CREATE_COMPLETE")])})
    check_domain(make_settings(domain={"name": "example.com"}), there)


def test_a_zone_that_cannot_be_read_is_not_called_missing(make_settings: MakeSettings) -> None:
    class Denied(FakeNetwork):
        def get_hosted_zone(self, **_: Any) -> dict[str, Any]:
            raise refused("GetHostedZone", "AccessDenied", "not authorized")

    with pytest.raises(CloudError) as error:
        check_domain(make_settings(domain=IN_ZONE), FakeTarget(clients={"route53": Denied()}))
    assert "does not exist" not in str(error.value)


@pytest.mark.parametrize(("code", "missing"), [("ResourceNotFoundException", True), ("AccessDeniedException", False)])
def test_a_certificate_that_does_not_exist_is_named(code: str, missing: bool, make_settings: MakeSettings) -> None:
    settings = make_settings(domain={"name": "example.com", "certificate_arn": ARN})
    acm: Any = FakeAcm(refused("DescribeCertificate", code, "no"))  # type: ignore[arg-type]
    with pytest.raises(CloudError) as error:
        check_domain(settings, network(acm=acm))
    assert (f"certificate {ARN} does not exist in this account" in str(error.value)) is missing
