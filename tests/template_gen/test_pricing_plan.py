"""CloudFront's plan of $0: the subscription, the web ACL that it requires, and nothing of either by default."""

from __future__ import annotations

from template_gen import names
from template_gen.pricing_plan import SUBSCRIPTION, WEB_ACL
from tests.template_gen.templates import PLAIN, TEMPLATES, distribution, properties

FREE = TEMPLATES["CloudFront plan"]
ARN = {"Fn::GetAtt": [WEB_ACL, "Arn"]}


def test_the_distribution_and_its_web_acl_are_subscribed() -> None:
    plan = properties(SUBSCRIPTION, FREE)
    assert (plan["PlanFamily"], plan["PlanTier"]) == ("CloudFront", "FREE")
    made, acl = plan["ResourceArns"]
    assert made["Fn::Sub"].endswith(f":distribution/${{{names.DISTRIBUTION}}}")
    assert acl == ARN
    assert distribution(FREE)["WebACLId"]["Fn::If"][:2] == [names.ON_AWS, ARN]


def test_the_web_acl_lets_everything_through() -> None:
    acl = properties(WEB_ACL, FREE)
    assert (acl["Scope"], acl["DefaultAction"]) == ("CLOUDFRONT", {"Allow": {}})
    assert "Rules" not in acl


def test_destroy_leaves_the_subscription() -> None:
    """Unless its creation fails: then the next deploy would find it in the way."""
    assert FREE["Resources"][SUBSCRIPTION]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_an_emulator_has_neither() -> None:
    assert {FREE["Resources"][one]["Condition"] for one in (WEB_ACL, SUBSCRIPTION)} == {names.ON_AWS}


def test_by_default_there_is_no_plan() -> None:
    assert not PLAIN["Resources"].keys() & {WEB_ACL, SUBSCRIPTION}
    assert "WebACLId" not in distribution()
