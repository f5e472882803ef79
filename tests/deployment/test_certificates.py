"""When a certificate is made, and when the user's own is taken."""

from __future__ import annotations

import pytest

from deployment.certificates import certificate_arn, certificate_stack
from deployment.target import Target
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"


def test_without_a_domain_there_is_none(make_settings: MakeSettings, aws: Target, say: Lines) -> None:
    assert certificate_arn(make_settings(), aws, say) == {}
    assert say == []


def test_the_users_own_is_taken_as_it_is(make_settings: MakeSettings, aws: Target, say: Lines) -> None:
    settings = make_settings(domain={"name": "example.com", "certificate_arn": ARN})
    assert certificate_arn(settings, aws, say) == {names.CERTIFICATE_ARN: ARN}


@pytest.mark.cloud
def test_one_is_made_in_us_east_1_wherever_the_rest_is(make_settings: MakeSettings, endpoint: str, say: Lines) -> None:
    settings = make_settings(domain={"name": "example.com", "hosted_zone": "Z0123456789ABCDEFGHIJ"})
    target = Target("eu-central-1", endpoint, access_key="test", secret_key="test")
    made = certificate_arn(settings, target, say)
    assert made[names.CERTIFICATE_ARN].startswith("arn:aws:acm:us-east-1:")
    assert certificate_arn(settings, target, say) == made
    certificate_stack(settings, target, say).delete()
