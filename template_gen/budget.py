"""The second and the third pair of eyes on the budget: an alarm on the service's own metric, which invokes the router,
and a budget of AWS's on the stack's tag, which sends an e-mail. Both only on AWS, and only with a budget.

The alarm sees every message of the API within minutes, also those that the router did not meter. The AWS Budget sees
everything that the stack is billed for, downloads of the page as well, but a day late, and it stops nothing.

Sources: "Monitor WebSocket API execution with CloudWatch metrics", Amazon API Gateway Developer Guide; "Invoke a Lambda
function from an alarm", Amazon CloudWatch User Guide; "Managing your costs with AWS Budgets".
"""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Template, awslambda, budgets, cloudwatch

from settings import Settings
from template_gen import names, rates

ALARM = "ManyMessages"
BUDGET = "MonthlyBudget"
FULL = 100
PREFERRED_TAG = "Project"


def add(template: Template, settings: Settings) -> None:
    """Add the alarm with its permission, and the budget if there are an address and a tag; nothing without a budget."""
    if not settings.budget.dollars_a_month:
        return
    template.add_resource(_alarm(settings))
    template.add_resource(_permission())
    if settings.alerts.email and settings.tags:
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
            # Unique in an account, which has one list for all Regions.
            BudgetName=Sub("${AWS::StackName}-${AWS::Region}"),
            BudgetType="COST",
            CostFilters={"TagKeyValue": [tag_filter(settings)]},
            TimeUnit="MONTHLY",
        ),
        ResourceTags=[budgets.ResourceTag(Key=name, Value=value) for name, value in settings.tags.items()],
        NotificationsWithSubscribers=[_mail(settings, kind) for kind in ("ACTUAL", "FORECASTED")],
    )


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
