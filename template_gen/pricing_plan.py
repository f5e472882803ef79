"""CloudFront's flat-rate plan of $0 for the distribution, with cdn.plan = "free": no overage, whatever is downloaded.

The plan requires exactly one distribution and one web ACL; ours lets everything through. CloudFormation creates both
and the subscription, so a deploy's plan shows them; a subscription that exists is kept, and `destroy` leaves it, since
its cancellation takes effect at the end of the month only. CloudFront's web ACLs and plans exist in us-east-1 alone.

Not confirmed on an account: docs/real-account.md says what.
Sources: AWS::PricingPlanManager::Subscription, AWS CloudFormation Template Reference; CreateSubscription, AWS Pricing
Plan Manager API Reference.
"""

from __future__ import annotations

from typing import Any, ClassVar

from troposphere import AWSObject, GetAtt, If, Ref, Sub, Template, wafv2

from settings import FREE_PLAN, Settings
from template_gen import names
from template_gen.acceptance import Accepted

REGION = "us-east-1"
WEB_ACL = "PlanWebAcl"
SUBSCRIPTION = "PricingPlan"
DISTRIBUTION_ARN = f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{names.DISTRIBUTION}}}"


ACCEPTED = [
    Accepted(
        (WEB_ACL,),
        ("CKV_AWS_192",),
        "there is no Java to attack; the web ACL is there because the plan requires one, and rules of our own could "
        "refuse readers",
    )
]


class Subscription(AWSObject):  # type: ignore[misc]  # Troposphere has no types, and lacks this resource
    """A subscription to a plan."""

    resource_type = "AWS::PricingPlanManager::Subscription"
    props: ClassVar = {"PlanFamily": (str, True), "PlanTier": (str, True), "ResourceArns": (list, True)}


def add(template: Template, settings: Settings) -> None:
    """Add the web ACL and the subscription; nothing for a distribution that is paid as used."""
    if settings.cdn.plan != FREE_PLAN:
        return
    template.add_resource(_web_acl())
    template.add_resource(
        Subscription(
            SUBSCRIPTION,
            Condition=names.ON_AWS,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            PlanFamily="CloudFront",
            PlanTier="FREE",
            ResourceArns=[Sub(DISTRIBUTION_ARN), GetAtt(WEB_ACL, "Arn")],
        )
    )


def of_distribution(settings: Settings) -> dict[str, Any]:
    """Return the property of the distribution that the plan requires."""
    if settings.cdn.plan != FREE_PLAN:
        return {}
    return {"WebACLId": If(names.ON_AWS, GetAtt(WEB_ACL, "Arn"), Ref("AWS::NoValue"))}


def _web_acl() -> wafv2.WebACL:
    name = Sub("${AWS::StackName}-plan")
    return wafv2.WebACL(
        WEB_ACL,
        Condition=names.ON_AWS,
        Name=name,
        Scope="CLOUDFRONT",
        DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
        VisibilityConfig=wafv2.VisibilityConfig(
            CloudWatchMetricsEnabled=False, MetricName=name, SampledRequestsEnabled=False
        ),
    )
