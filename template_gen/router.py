"""The router: the function, what calls it, what it may do, and where its log lines go."""

from __future__ import annotations

import json
from typing import ClassVar

from awacs import sqs as sqs_action
from troposphere import AWSHelperFn, Equals, GetAtt, If, Join, Ref, Sub, Template, awslambda, events, logs, sqs

from router.contract import tables, ticks, variables
from settings import Settings
from template_gen import names, rates
from template_gen.acceptance import Accepted
from template_gen.over_tls import only_over_tls
from template_gen.prices import metered_prices
from template_gen.retention import dispose
from template_gen.router_role import ROLE, role

RUNTIME = "python3.14"
"""The newest that AWS's table of supported runtimes has (tests/template_gen/lambda-python-runtimes.json). Resource
schemas list previews too, which are not for production."""

HANDLER = "router.handler.handle"
TIMEOUT_SECONDS = 60
"""A broadcast at 2,000 posts/s so reaches 115,000 pages before it is cut short; 10,000 take 5 s."""

MEMORY_MEGABYTES = 512
"""A broadcast to 10,000 pages peaks below 40 MB. CPU comes with memory: 0.29 of one here, which at the 0.07 ms a post
of the benchmark's machine is 4,000 posts/s, twice the default pace (benchmarks/README.md); not measured on Lambda."""

BATCH_SIZE = 1000
"""Records: 11 transactions, a third of a second to fold, so that the new count is broadcast at once. AWS allows
10,000, which would be three seconds (docs/scaling.md). There is no batching window: a lone visit is broadcast at once,
and a burst coalesces anyway, since records queue up while a broadcast is paced (benchmarks/scaling)."""

SEGMENT_CONNECTIONS = 50_000
"""Connections: half of what one function reaches at 2,000 posts/s before its timeout. More are divided."""

RETRIES = 3
"""Then the record goes to the queue, and the sweep counts the visit. Each try waits out by itself what passes, up to
its timeout, so a fifth would only keep others waiting. The default blocks the shard for 24 hours."""

OLDEST_RECORD_SECONDS = 600
"""After an outage of ten minutes the newest records come first; the sweep counts what was older."""

SWEEP_MINUTES = 5
DAY = 86_400

AWS_KEYS = "encrypted with AWS's keys; one of our own is a dollar a month and keeps out nobody whom IAM lets in"
ACCEPTED = [
    Accepted(
        (names.ROUTER,),
        ("CKV_AWS_115",),
        "reserved concurrency comes out of the account's, of which a new one has 10; the stage's throttle bounds it",
    ),
    Accepted(
        (names.ROUTER,),
        ("CKV_AWS_116", "Serverless-LambdaDLQ"),
        "its callers wait, or are streams with a destination for what fails; what is asynchronous loses little: the "
        "sweep and the tick come again, the alarm is the second to see what the meter sees, a segment is one broadcast",
    ),
    Accepted(
        (names.ROUTER,), ("CKV_AWS_117",), "it speaks to AWS's public endpoints only; a NAT gateway is 32 $ a month"
    ),
    Accepted((names.ROUTER,), ("CKV_AWS_173",), AWS_KEYS),
    Accepted(
        (names.ROUTER,),
        ("AwsSolutions-L1", "Serverless-LambdaLatestVersion"),
        "the rules take python3.15 for the latest, which is a preview that AWS does not support for production",
    ),
    Accepted((names.ROUTER_LOGS,), ("CKV_AWS_158",), AWS_KEYS),
    Accepted(
        (names.ROUTER,),
        ("Serverless-LambdaTracing",),
        "its log lines tell the time of each step; traces cost 5 $ a million and need further permissions",
    ),
    Accepted(
        (names.UNDELIVERED,),
        ("AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"),
        "it is where others' failures go, and nobody takes from it",
    ),
    Accepted((names.UNDELIVERED,), ("CKV_AWS_27",), "encrypted with SQS's own key, which the rule does not count"),
    Accepted(("Sweep", "Tick"), ("Serverless-EventBusDLQ",), "one that was lost is followed by another in minutes"),
]

VISITS = {
    "eventName": ["INSERT"],
    "dynamodb": {
        "Keys": {tables.ID: {"S": [{"prefix": prefix} for prefix in tables.VISIT_PREFIXES]}},
        "NewImage": {tables.UNCOUNTED: {"S": [{"exists": True}]}},
    },
}
COUNT = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"Keys": {tables.ID: {"S": [tables.VISITOR_COUNT, tables.PRESENCE]}}},
}
COUNTER, ANNOUNCER = "Counter", "Announcer"
ALIASES = {COUNTER: "counter", ANNOUNCER: "announcer"}
"""Logical ID -> alias of the function, one for each mapping: Lambda accepts a stream and a function together only once,
whatever the filter, and treats each alias as a function of its own."""

MAPPINGS = {"VisitsMapping": (VISITS, COUNTER), "CountMapping": (COUNT, ANNOUNCER)}
"""Logical ID -> filter pattern and alias. One folds visits, the other broadcasts the count, since a broadcast to many
takes many seconds: in one mapping the visits behind it would wait for it to finish, and the count it sends would be as
old as it is. Two readers are what a stream supports; every other record is filtered out. Never rename a mapping:
CloudFormation creates the new one before it deletes the old one, and Lambda would refuse it."""

NO_EXTRA_ORIGINS = "NoExtraOrigins"


def add(template: Template, settings: Settings) -> None:
    """Add the router: its log group, role, function, and event sources."""
    template.add_condition(names.ON_AWS, Equals(Ref(names.MANAGEMENT_ENDPOINT), ""))
    template.add_condition(NO_EXTRA_ORIGINS, Equals(Ref(names.EXTRA_ORIGINS), ""))
    template.add_resource(
        dispose(
            logs.LogGroup(
                names.ROUTER_LOGS,
                LogGroupName=Sub("/aws/lambda/${AWS::StackName}-router"),
                RetentionInDays=settings.logs.retention_days,
            )
        )
    )
    template.add_resource(role(settings))
    template.add_resource(_function(settings))
    template.add_resource(
        dispose(sqs.Queue(names.UNDELIVERED, MessageRetentionPeriod=14 * DAY, SqsManagedSseEnabled=True))
    )
    template.add_resource(
        sqs.QueuePolicy(
            "UndeliveredRecordsPolicy",
            Queues=[Ref(names.UNDELIVERED)],
            PolicyDocument=only_over_tls([sqs_action.Action("*")], [GetAtt(names.UNDELIVERED, "Arn")]),
        )
    )
    for logical_id, alias in ALIASES.items():
        template.add_resource(
            awslambda.Alias(logical_id, FunctionName=Ref(names.ROUTER), FunctionVersion="$LATEST", Name=alias)
        )
    for logical_id, (pattern, alias) in MAPPINGS.items():
        template.add_resource(_stream_mapping(logical_id, pattern, Ref(alias)))
    _add_schedules(template)


def _function(settings: Settings) -> awslambda.Function:
    return awslambda.Function(
        names.ROUTER,
        Architectures=["arm64"],
        Code=awslambda.Code(S3Bucket=Ref(names.CODE_BUCKET), S3Key=Ref(names.CODE_KEY)),
        Description="Counts visits and tells every open page",
        Environment=awslambda.Environment(Variables=_environment(settings)),
        FunctionName=Sub("${AWS::StackName}-router"),
        Handler=HANDLER,
        LoggingConfig=_logging(),
        MemorySize=MEMORY_MEGABYTES,
        Role=GetAtt(ROLE, "Arn"),
        Runtime=RUNTIME,
        Timeout=TIMEOUT_SECONDS,
    )


class _Logging(awslambda.LoggingConfig):  # type: ignore[misc]  # Troposphere has no types
    """With the property that Troposphere's class lacks."""

    props: ClassVar = {**awslambda.LoggingConfig.props, "LogFormat": (str, False)}


def _logging() -> _Logging:
    """Return the settings of the log: of Lambda's own lines only those of failures, and every line of ours.

    Lambda writes three lines of its own for every invocation, longer together than ours. Lines that are JSON already it
    leaves as they are. It takes lines without a timestamp, as ours, for INFO, so any higher level here would drop our
    errors: the router filters by itself (LOG_LEVEL). Sources: "Configuring JSON and plain text log formats" and
    "Log-level filtering", AWS Lambda Developer Guide.
    """
    return _Logging(
        ApplicationLogLevel="TRACE", LogFormat="JSON", LogGroup=Ref(names.ROUTER_LOGS), SystemLogLevel="WARN"
    )


def _environment(settings: Settings) -> dict[str, object]:
    return {
        variables.CONNECTION_IDS_TABLE: Ref(names.CONNECTION_IDS),
        variables.VISITOR_COUNT_TABLE: Ref(names.VISITOR_COUNTS),
        variables.MANAGEMENT_ENDPOINT: If(
            names.ON_AWS,
            Sub(f"https://${{{names.WEB_SOCKET_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{names.STAGE}"),
            Sub(f"${{{names.MANAGEMENT_ENDPOINT}}}/${{{names.WEB_SOCKET_API}}}/{names.STAGE}"),
        ),
        variables.ALLOWED_ORIGINS: _allowed_origins(settings),
        variables.SITE_BUCKET: Ref(names.SITE_BUCKET),
        variables.BACKUP_BUCKET: Ref(names.CODE_BUCKET),
        variables.VISIT_POLICY: settings.visits.counts,
        variables.VISIT_LIFETIME_SECONDS: str(settings.visits.remember_days * DAY),
        variables.POSTS_PER_SECOND: str(settings.throttle.posts_per_second),
        variables.FRESHNESS_SECONDS: f"{round(settings.throttle.freshness_seconds, 3):g}",
        variables.SEGMENT_CONNECTIONS: str(SEGMENT_CONNECTIONS),
        variables.COUNT_CRAWLERS: "yes" if settings.visits.count_crawlers else "no",
        variables.ORIGIN_SECRET: Ref(names.ORIGIN_SECRET),
        variables.CONNECTS_PER_ADDRESS: str(settings.limits.connects_per_address),
        variables.VISITS_PER_ADDRESS: str(settings.limits.visits_per_address),
        variables.REPLIES_PER_CONNECTION: str(settings.limits.replies_per_connection),
        variables.VISIT_NAMES: ",".join(settings.visits.names),
        variables.BADGE_LABEL: settings.badge.label,
        variables.BADGE_COLOR: settings.badge.color,
        variables.BADGE_STYLE: settings.badge.style,
        **_budget(settings),
        variables.LOG_LEVEL: settings.logs.level,
    }


def _budget(settings: Settings) -> dict[str, object]:
    return {
        variables.BUDGET_DOLLARS: f"{settings.budget.dollars_a_month:.10g}",
        variables.BUDGET_MONTH_SECONDS: Ref(names.BUDGET_MONTH),
        variables.PRICES: metered_prices(),
        variables.ALERTS_TOPIC: Ref(names.ALERTS) if settings.alerts.email else "",
        variables.STAGE_THROTTLES: rates.stage_throttles(settings),
    }


def _allowed_origins(settings: Settings) -> Join:
    """The site's own, under every name it has; those of the settings; those of the deployment."""
    known = [
        Sub(f"https://${{{names.DISTRIBUTION}.DomainName}}"),
        *(f"https://{alias}" for alias in settings.domain.aliases),
        *settings.visits.allowed_origins,
    ]
    return Join(",", [*known, If(NO_EXTRA_ORIGINS, Ref("AWS::NoValue"), Ref(names.EXTRA_ORIGINS))])


def _stream_mapping(logical_id: str, pattern: object, function: AWSHelperFn) -> awslambda.EventSourceMapping:
    return awslambda.EventSourceMapping(
        logical_id,
        BatchSize=BATCH_SIZE,
        BisectBatchOnFunctionError=True,
        DestinationConfig=awslambda.DestinationConfig(
            OnFailure=awslambda.OnFailure(Destination=GetAtt(names.UNDELIVERED, "Arn"))
        ),
        EventSourceArn=GetAtt(names.VISITOR_COUNTS, "StreamArn"),
        FilterCriteria=awslambda.FilterCriteria(
            Filters=[awslambda.Filter(Pattern=json.dumps(pattern, sort_keys=True))]
        ),
        FunctionName=function,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRecordAgeInSeconds=OLDEST_RECORD_SECONDS,
        MaximumRetryAttempts=RETRIES,
        # From the oldest record: what arrives while the mapping is made must not be lost.
        StartingPosition="TRIM_HORIZON",
    )


def _add_schedules(template: Template) -> None:
    _add_schedule(
        template, "Sweep", "Counts what was left uncounted and forgets connections past their life", SWEEP_MINUTES
    )
    _add_schedule(
        template, "Tick", "Tells the pages who is here, if that has changed", 1, Input=json.dumps(ticks.EVENT)
    )


def _add_schedule(template: Template, name: str, description: str, minutes: int, **target: str) -> None:
    template.add_resource(
        events.Rule(
            name,
            Description=description,
            ScheduleExpression=f"rate({minutes} minute{'s' if minutes > 1 else ''})",
            State="ENABLED",
            Targets=[events.Target(Id="router", Arn=GetAtt(names.ROUTER, "Arn"), **target)],
        )
    )
    template.add_resource(
        awslambda.Permission(
            f"{name}Permission",
            Action="lambda:InvokeFunction",
            FunctionName=GetAtt(names.ROUTER, "Arn"),
            Principal="events.amazonaws.com",
            SourceArn=GetAtt(name, "Arn"),
        )
    )
