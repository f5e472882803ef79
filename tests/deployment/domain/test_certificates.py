"""Creating a certificate, using the one in the settings, and the output during the validation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from deployment.aws.target import Target
from deployment.domain.certificate_validation import (
    FAILURES,
    PATIENCE_SECONDS,
    Validation,
    print_site_records,
    site_records,
    validation_error,
)
from deployment.domain.certificates import certificate_arn, certificate_stack, certificate_stacks, delete_unused
from errors import CloudError
from settings import Domain
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import FakeCloudFormation, FakeTarget, Lines, Moment, event

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
ELSEWHERE = Domain("example.com", "", "", www_redirect=True)


class FakeAcm:
    """A fake ACM with one certificate. Each of `answers` describes it once, the last one repeatedly."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self._answers = list(answers)

    def get_paginator(self, _operation: str) -> FakeAcm:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        summary = {"CertificateArn": ARN, "DomainName": "example.com"}
        return [{"CertificateSummaryList": [summary] if self._answers[0] else []}]

    def describe_certificate(self, **_: Any) -> dict[str, Any]:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {"Certificate": answer}


def pending(*validated: str, known: bool = True, **more: Any) -> dict[str, Any]:
    record = {"Name": "_1.{0}.", "Type": "CNAME", "Value": "_2.acm-validations.aws."}
    return {
        "Status": "PENDING_VALIDATION",
        "DomainName": "example.com",
        "SubjectAlternativeNames": ["example.com", "www.example.com"],
        "CreatedAt": datetime(2026, 1, 1, tzinfo=UTC),
        "DomainValidationOptions": [
            {
                "DomainName": name,
                "ValidationStatus": "SUCCESS" if name in validated else "PENDING_VALIDATION",
                **({"ResourceRecord": {**record, "Name": f"_1.{name}."}} if known else {}),
            }
            for name in ("example.com", "www.example.com")
        ],
        **more,
    }


class FakeStackList:
    """The stacks of an account: one."""

    def __init__(self, name: str) -> None:
        self._name = name

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Stacks": [{"StackName": self._name}]}]


class Clock:
    """A clock that only advances by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def waiting(acm: FakeAcm, say: Lines, domain: Domain = ELSEWHERE) -> Validation:
    clock = Clock()
    return Validation(domain, FakeTarget(clients={"acm": acm}), say, clock.sleep, clock)


def test_the_records_to_create_are_printed_once_as_soon_as_they_are_known(say: Lines) -> None:
    validation = waiting(FakeAcm(pending(known=False), pending(), pending("example.com")), say)
    for _ in range(40):
        validation.wait(1.0)
    assert [line for line in say if "_1." in line] == [
        "  _1.example.com  CNAME  _2.acm-validations.aws",
        "  _1.www.example.com  CNAME  _2.acm-validations.aws",
    ]
    assert "create these DNS records" in say[0]


def test_with_a_zone_there_is_nothing_to_create(say: Lines) -> None:
    validation = waiting(FakeAcm(pending()), say, Domain("example.com", "Z1", "", www_redirect=True))
    validation.wait(1.0)
    assert say == []


def test_the_wait_ends_after_an_hour(say: Lines) -> None:
    validation = waiting(FakeAcm({}), say)
    validation.wait(PATIENCE_SECONDS)
    with pytest.raises(CloudError, match=r"not validated within an hour(.|\n)*run the same command again"):
        validation.wait(1.0)


def test_the_next_run_prints_the_records_of_a_pending_certificate(make_settings: MakeSettings, say: Lines) -> None:
    settings = make_settings(domain={"name": "example.com", "www_redirect": True})
    under_way = [Moment("CREATE_IN_PROGRESS", [event(1, names.CERTIFICATE, "CREATE_IN_PROGRESS")])] * 3
    fake = FakeCloudFormation([*under_way, Moment("CREATE_COMPLETE")])
    target = FakeTarget(endpoint_url="http://emulator", clients={"cloudformation": fake, "acm": FakeAcm(pending())})
    assert certificate_stack(settings, target, say).read_settled().status == "CREATE_COMPLETE"
    assert "  _1.example.com  CNAME  _2.acm-validations.aws" in say


def test_the_failure_reason_is_kept(say: Lines) -> None:
    validation = waiting(FakeAcm(pending(Status="FAILED", FailureReason="CAA_ERROR")), say)
    validation.wait(1.0)
    assert validation.failure == "CAA_ERROR"
    assert 'CAA 0 issue "amazon.com"' in str(validation_error(ELSEWHERE, validation.failure))
    assert all(validation_error(ELSEWHERE, reason) for reason in FAILURES)
    assert validation_error(ELSEWHERE, "") is None


def test_the_domain_is_pointed_at_the_distribution(say: Lines) -> None:
    outputs = {names.DISTRIBUTION_DOMAIN: "d1.cloudfront.net"}
    print_site_records(ELSEWHERE, outputs, say)
    assert "  example.com  CNAME  d1.cloudfront.net" in say
    assert "  www.example.com  CNAME  d1.cloudfront.net" in say
    in_zone = Domain("example.com", "Z1", "", www_redirect=True)
    assert site_records(in_zone, outputs) == []
    say.clear()
    print_site_records(in_zone, outputs, say)
    assert say == []


def test_without_a_domain_there_is_none(make_settings: MakeSettings, aws: Target, say: Lines) -> None:
    assert certificate_arn(make_settings(), aws, say) == {}
    assert say == []


@pytest.mark.cloud
def test_another_domain_is_another_stack_and_the_old_one_is_deleted_later(
    make_settings: MakeSettings, endpoint: str, say: Lines
) -> None:
    target = Target("eu-central-1", endpoint, access_key="test", secret_key="test")
    first, second = (make_settings(domain={"name": f"{uuid.uuid4().hex}.example.com"}) for _ in range(2))
    arn = certificate_arn(first, target, say)[names.CERTIFICATE_ARN]
    assert arn.startswith("arn:aws:acm:us-east-1:")
    assert certificate_arn(first, target, say)[names.CERTIFICATE_ARN] == arn
    certificate_arn(second, target, say)
    assert len(list(certificate_stacks(second, target))) == 2
    delete_unused(second, target, say)
    assert list(certificate_stacks(second, target)) == [certificate_stack(second, target, say).name]
    delete_unused(make_settings(), target, say)
    assert list(certificate_stacks(second, target)) == []


def test_an_old_certificate_that_is_in_use_is_kept_for_now(make_settings: MakeSettings, say: Lines) -> None:
    class Old(FakeCloudFormation):
        """The certificate stack of an earlier domain, whose deletion fails."""

        def get_paginator(self, operation: str) -> Any:
            if operation != "describe_stacks":
                return super().get_paginator(operation)
            return FakeStackList(certificate_stack(earlier, target).name)

    earlier = make_settings(domain={"name": "old.example.com"})
    in_use = event(1, names.CERTIFICATE, "DELETE_FAILED", "Certificate is in use")
    failed = [in_use, event(2, "cv", "DELETE_FAILED", own=True)]
    fake = Old([Moment("CREATE_COMPLETE"), Moment("DELETE_FAILED", failed)])
    target = FakeTarget(endpoint_url="http://emulator", clients={"cloudformation": fake, "acm": FakeAcm({})})
    delete_unused(make_settings(domain={"name": "example.com"}), target, say)
    assert "is kept for now: Certificate is in use" in say[-1]


def test_a_failed_validation_explains_the_reason(make_settings: MakeSettings, say: Lines) -> None:
    settings = make_settings(domain={"name": "example.com", "www_redirect": True})
    denied = pending(Status="FAILED", FailureReason="CAA_ERROR")
    failed = [event(1, names.CERTIFICATE, "CREATE_FAILED"), event(2, "cv", "ROLLBACK_COMPLETE", own=True)]
    moments = [Moment(""), Moment(""), Moment("CREATE_IN_PROGRESS"), Moment("ROLLBACK_COMPLETE", failed)]
    fake = FakeCloudFormation(moments)
    target = FakeTarget(endpoint_url="http://emulator", clients={"cloudformation": fake, "acm": FakeAcm(denied)})
    with pytest.raises(CloudError, match="CAA 0 issue"):
        certificate_arn(settings, target, say)
