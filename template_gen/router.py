"""The router: the function, what calls it, what it may do, and where its log lines go."""

from __future__ import annotations

import json

from troposphere import Equals, GetAtt, If, Join, Ref, Sub, Template, awslambda, events, logs, sqs

from settings import Settings
from template_gen import names
from template_gen.retention import dispose
from template_gen.router_role import ROLE, role

RUNTIME = "python3.15"
"""The newest that cfn-lint's schema of AWS::Lambda::Function knows (a test holds it to that)."""

HANDLER = "router.handler.handle"
TIMEOUT_SECONDS = 60
MEMORY_MEGABYTES = 512
"""CPU comes with memory, and a broadcast is bound by CPU: TLS and signatures."""

BATCH_SIZE = 1000
"""The more records a batch may hold, the better a burst coalesces into one broadcast; AWS allows 10,000."""

RETRIES = 8
"""Then the record goes to the queue. The default blocks its shard for 24 hours. The sweep counts the visit."""

SWEEP_MINUTES = 5
DAY = 86_400

ON_AWS = "OnAws"
NO_EXTRA_ORIGINS = "NoExtraOrigins"


def add(template: Template, settings: Settings) -> None:
    template.add_condition(ON_AWS, Equals(Ref(names.MANAGEMENT_ENDPOINT), ""))
    template.add_condition(NO_EXTRA_ORIGINS, Equals(Ref(names.EXTRA_ORIGINS), ""))
    template.add_resource(
        dispose(
            logs.LogGroup(
                names.ROUTER_LOGS,
                LogGroupName=Sub("/aws/lambda/${AWS::StackName}-router"),
                RetentionInDays=settings.log_retention_days,
            )
        )
    )
    template.add_resource(role())
    template.add_resource(_function(settings))
    template.add_resource(
        dispose(sqs.Queue(names.UNDELIVERED, MessageRetentionPeriod=14 * DAY, SqsManagedSseEnabled=True))
    )
    template.add_resource(_stream_mapping())
    _add_sweep(template)


def _function(settings: Settings) -> awslambda.Function:
    return awslambda.Function(
        names.ROUTER,
        Architectures=["arm64"],
        Code=awslambda.Code(S3Bucket=Ref(names.CODE_BUCKET), S3Key=Ref(names.CODE_KEY)),
        Description="Counts visits and tells every open page",
        Environment=awslambda.Environment(Variables=_environment(settings)),
        FunctionName=Sub("${AWS::StackName}-router"),
        Handler=HANDLER,
        LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(names.ROUTER_LOGS)),
        MemorySize=MEMORY_MEGABYTES,
        Role=GetAtt(ROLE, "Arn"),
        Runtime=RUNTIME,
        Timeout=TIMEOUT_SECONDS,
    )


def _environment(settings: Settings) -> dict[str, object]:
    return {
        names.ENV_CONNECTION_IDS_TABLE: Ref(names.CONNECTION_IDS),
        names.ENV_VISITOR_COUNT_TABLE: Ref(names.VISITOR_COUNTS),
        names.ENV_MANAGEMENT_ENDPOINT: If(
            ON_AWS,
            Sub(f"https://${{{names.WEB_SOCKET_API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{names.STAGE}"),
            Sub(f"${{{names.MANAGEMENT_ENDPOINT}}}/${{{names.WEB_SOCKET_API}}}/{names.STAGE}"),
        ),
        names.ENV_ALLOWED_ORIGINS: _allowed_origins(settings),
        names.ENV_SITE_BUCKET: Ref(names.SITE_BUCKET),
        names.ENV_VISIT_POLICY: settings.visits.counts,
        names.ENV_VISIT_LIFETIME_SECONDS: str(settings.visits.remember_days * DAY),
    }


def _allowed_origins(settings: Settings) -> Join:
    """The site's own, under every name it has; those of the settings; those of the deployment."""
    known = [
        Sub(f"https://${{{names.DISTRIBUTION}.DomainName}}"),
        *(f"https://{alias}" for alias in settings.domain.aliases),
        *settings.visits.allowed_origins,
    ]
    return Join(",", [*known, If(NO_EXTRA_ORIGINS, Ref("AWS::NoValue"), Ref(names.EXTRA_ORIGINS))])


def _stream_mapping() -> awslambda.EventSourceMapping:
    """One mapping for both kinds of record: visits to fold, and a count to tell. Everything else is filtered out."""
    visits = {
        "eventName": ["INSERT"],
        "dynamodb": {
            "Keys": {"id": {"S": [{"prefix": "visit#"}]}},
            "NewImage": {"uncounted": {"S": [{"exists": True}]}},
        },
    }
    count = {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"id": {"S": ["visitorCount"]}}}}
    return awslambda.EventSourceMapping(
        "VisitorCountsMapping",
        BatchSize=BATCH_SIZE,
        BisectBatchOnFunctionError=True,
        DestinationConfig=awslambda.DestinationConfig(
            OnFailure=awslambda.OnFailure(Destination=GetAtt(names.UNDELIVERED, "Arn"))
        ),
        EventSourceArn=GetAtt(names.VISITOR_COUNTS, "StreamArn"),
        FilterCriteria=awslambda.FilterCriteria(
            Filters=[awslambda.Filter(Pattern=json.dumps(pattern, sort_keys=True)) for pattern in (visits, count)]
        ),
        FunctionName=GetAtt(names.ROUTER, "Arn"),
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRecordAgeInSeconds=3600,
        MaximumRetryAttempts=RETRIES,
        # From the oldest record: what arrives while the mapping is made must not be lost.
        StartingPosition="TRIM_HORIZON",
    )


def _add_sweep(template: Template) -> None:
    template.add_resource(
        events.Rule(
            "Sweep",
            Description="Counts what was left uncounted and forgets connections past their life",
            ScheduleExpression=f"rate({SWEEP_MINUTES} minutes)",
            State="ENABLED",
            Targets=[events.Target(Id="router", Arn=GetAtt(names.ROUTER, "Arn"))],
        )
    )
    template.add_resource(
        awslambda.Permission(
            "SweepPermission",
            Action="lambda:InvokeFunction",
            FunctionName=GetAtt(names.ROUTER, "Arn"),
            Principal="events.amazonaws.com",
            SourceArn=GetAtt("Sweep", "Arn"),
        )
    )
