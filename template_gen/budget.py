"""The second and the third pair of eyes on the budget: an alarm on the service's own metric, which invokes the router,
and a budget of AWS's on the stack's tag, which sends an e-mail. Both only on AWS, and only with a budget.

The alarm sees every message of the API within minutes, also those that the router did not meter. The AWS Budget sees
everything that the stack is billed for, downloads of the page as well, but a day late, and it stops nothing.

Sources: "Monitor WebSocket API execution with CloudWatch metrics", Amazon API Gateway Developer Guide; "Invoke a Lambda
function from an alarm", Amazon CloudWatch User Guide; "Managing your costs with AWS Budgets".
"""

from __future__ import annotations

import hashlib

from troposphere import GetAtt, Ref, Sub, Template, awslambda, budgets, cloudwatch

from settings import Settings
from template_gen import names, rates

ALARM = "ManyMessages"
BUDGET = "MonthlyBudget"
FULL = 100
PREFERRED_TAG = "Project"

BUDGET_REGIONS = frozenset(
    {
        *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"),
        *("cn-north-1", "cn-northwest-1", "eu-central-1", "eu-isoe-west-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("eusc-de-east-1", "me-south-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        *("us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1"),
    }
)
"""Where CloudFormation knows AWS::Budgets::Budget, by cfn-lint's schemas. Elsewhere it refuses the whole template, and
a condition on the resource does not help."""


def add(template: Template, settings: Settings) -> None:
    """Add the alarm with its permission, and the budget if there are an address, a tag and a Region that is known to
    have budgets; nothing without a budget."""
    if not settings.budget.dollars_a_month:
        return
    template.add_resource(_alarm(settings))
    template.add_resource(_permission())
    if settings.alerts.email and settings.tags and settings.stack.region in BUDGET_REGIONS:
        template.add_resource(_budget(settings))


def _alarm(settings: Settings) -> cloudwatch.Alarm:
    """Return the alarm on messages from and to pages. It invokes the router when it ends too: only then is it open."""
    told = [GetAtt(names.ROUTER, "Arn"), *([Ref(names.ALERTS)] if settings.alerts.email else [])]
    return cloudwatch.Alarm(
        ALARM,
        Condition=names.ON_AWS,
        AlarmActions=told,
        AlarmDescription=f"The messages of five minutes cost {rates.ALARM_SHARE:.0%} of the month's budget",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=[
            cloudwatch.MetricDimension(Name="ApiId", Value=Ref(names.WEB_SOCKET_API)),
            cloudwatch.MetricDimension(Name="Stage", Value=names.STAGE),
        ],
        EvaluationPeriods=1,
        MetricName="MessageCount",
        Namespace="AWS/ApiGateway",
        OKActions=told,
        Period=rates.ALARM_SECONDS,
        Statistic="Sum",
        Threshold=rates.alarm_messages(settings),
        TreatMissingData="notBreaching",
    )


def _permission() -> awslambda.Permission:
    return awslambda.Permission(
        f"{ALARM}Permission",
        Condition=names.ON_AWS,
        Action="lambda:InvokeFunction",
        FunctionName=GetAtt(names.ROUTER, "Arn"),
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
        SourceAccount=Ref("AWS::AccountId"),
        SourceArn=GetAtt(ALARM, "Arn"),
    )


def _budget(settings: Settings) -> budgets.Budget:
    return budgets.Budget(
        BUDGET,
        Condition=names.ON_AWS,
        Budget=budgets.BudgetData(
            BudgetLimit=budgets.Spend(Amount=settings.budget.dollars_a_month, Unit="USD"),
            BudgetName=Sub(f"${{AWS::StackName}}-${{AWS::Region}}-{_digest(settings)}"),
            BudgetType="COST",
            CostFilters={"TagKeyValue": [tag_filter(settings)]},
            TimeUnit="MONTHLY",
        ),
        ResourceTags=[budgets.ResourceTag(Key=name, Value=value) for name, value in settings.tags.items()],
        NotificationsWithSubscribers=[_mail(settings, kind) for kind in ("ACTUAL", "FORECASTED")],
    )


def _digest(settings: Settings) -> str:
    """Return what ends the name, which is unique in an account with one list for all Regions. The notifications cannot
    be changed, so another address is another budget, and both exist while CloudFormation replaces one by the other."""
    return hashlib.sha256(settings.alerts.email.encode()).hexdigest()[:8]


def tag_filter(settings: Settings) -> str:
    """Return the filter for the costs of the stack: by its tag Project, else by the first."""
    name = PREFERRED_TAG if PREFERRED_TAG in settings.tags else next(iter(settings.tags))
    return f"user:{name}${settings.tags[name]}"


def _mail(settings: Settings, kind: str) -> budgets.NotificationWithSubscribers:
    return budgets.NotificationWithSubscribers(
        Notification=budgets.Notification(
            ComparisonOperator="GREATER_THAN", NotificationType=kind, Threshold=FULL, ThresholdType="PERCENTAGE"
        ),
        Subscribers=[budgets.Subscriber(SubscriptionType="EMAIL", Address=settings.alerts.email)],
    )
