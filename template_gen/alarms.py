"""Alarms by e-mail, where the settings have an address: each means that visits may go uncounted, or
that pages may miss a count.

Lambda counts an error only where the router raises one: in a batch or a sweep that failed. A visit that was refused
with 500, a broadcast that failed and a backup that failed are not errors of the
function, but log lines of level ERROR, which a metric filter counts.
"""

from __future__ import annotations

from awacs import sns as sns_action
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, Template, cloudwatch, logs, sns

from router.contract.log_values import Level
from settings import Settings
from template_gen import names
from template_gen.acceptance import Accepted
from template_gen.over_tls import only_over_tls

FIVE_MINUTES = 300
ERROR_LINES = "ErrorLines"
"""The metric, in a namespace named after the stack."""

ALARM_ARNS = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"
"""The stack's own: CloudFormation begins their names with the stack's."""
ACCEPTED = [
    Accepted(
        (names.ALERTS,),
        ("CKV_AWS_26",),
        "alarms cannot publish to a topic under SNS's own key; one of our own is a dollar a month, for texts that name "
        "no visitor",
    )
]


def add(template: Template, settings: Settings) -> None:
    """Add the topic for e-mails, its policy, the metric filter and the alarms; nothing without an address to alert."""
    if not settings.alerts.email:
        return
    template.add_resource(
        sns.Topic(names.ALERTS, Subscription=[sns.Subscription(Protocol="email", Endpoint=settings.alerts.email)])
    )
    template.add_resource(_topic_policy())
    template.add_resource(_error_lines())
    for alarm in alarms():
        template.add_resource(alarm)


def alarms() -> list[cloudwatch.Alarm]:
    """All alarms of a stack with an address. Each has a monthly price."""
    function = [cloudwatch.MetricDimension(Name="FunctionName", Value=Ref(names.ROUTER))]
    queue = [cloudwatch.MetricDimension(Name="QueueName", Value=GetAtt(names.UNDELIVERED, "QueueName"))]
    return [
        _alarm("RouterErrors", "The router fails", "AWS/Lambda", "Errors", "Sum", 1, function),
        _alarm("RouterThrottles", "The router is throttled", "AWS/Lambda", "Throttles", "Sum", 1, function),
        _alarm(
            "StreamBehind",
            "Counts are over a minute late (ms)",
            "AWS/Lambda",
            "IteratorAge",
            "Maximum",
            60_000,
            function,
        ),
        _alarm(
            "RouterErrorLines",
            "A visit, a broadcast or the daily backup failed: see the log lines of level ERROR",
            Ref("AWS::StackName"),
            ERROR_LINES,
            "Sum",
            1,
            [],
        ),
        _alarm(
            "RecordsUndelivered",
            "Stream records were given up; the sweep counts their visits",
            "AWS/SQS",
            # Not the number of messages in the queue: nothing consumes them, so the alarm would never clear.
            "NumberOfMessagesSent",
            "Sum",
            1,
            queue,
        ),
    ]


def _topic_policy() -> sns.TopicPolicy:
    """A policy in place of the default one, which would let every alarm of the account publish: these alarms may, and
    only over TLS. Deny takes no "sns:*" here: SNS refuses a policy with an action that its topics do not have."""
    return sns.TopicPolicy(
        "AlertsPolicy",
        Topics=[Ref(names.ALERTS)],
        PolicyDocument=only_over_tls(
            [sns_action.Publish],
            [Ref(names.ALERTS)],
            Statement(
                Sid="TheseAlarmsTell",
                Effect=Allow,
                Principal=Principal("Service", "cloudwatch.amazonaws.com"),
                Action=[sns_action.Publish],
                Resource=[Ref(names.ALERTS)],
                Condition=Condition(
                    [
                        StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
                        ArnLike({"aws:SourceArn": Sub(ALARM_ARNS)}),
                    ]
                ),
            ),
        ),
    )


def _error_lines() -> logs.MetricFilter:
    return logs.MetricFilter(
        "RouterErrorLineCount",
        FilterPattern=f'{{ $.level = "{Level.ERROR}" }}',
        LogGroupName=Ref(names.ROUTER_LOGS),
        MetricTransformations=[
            logs.MetricTransformation(MetricName=ERROR_LINES, MetricNamespace=Ref("AWS::StackName"), MetricValue="1")
        ],
    )


def _alarm(  # noqa: PLR0913, PLR0917 - a row of a table
    logical_id: str,
    description: str,
    namespace: str | Ref,
    metric: str,
    statistic: str,
    threshold: int,
    dimensions: list[cloudwatch.MetricDimension],
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        logical_id,
        AlarmActions=[Ref(names.ALERTS)],
        AlarmDescription=description,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        **({"Dimensions": dimensions} if dimensions else {}),
        EvaluationPeriods=1,
        MetricName=metric,
        Namespace=namespace,
        OKActions=[Ref(names.ALERTS)],
        Period=FIVE_MINUTES,
        Statistic=statistic,
        Threshold=threshold,
        TreatMissingData="notBreaching",
    )
