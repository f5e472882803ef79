"""What the router may do: each action on the one resource it needs it for, and of the visits table on the rows and the
attributes that it writes there.

The count and the days only change by the additions of a transaction, one of which may move a day; PutItem, which
replaces a whole row, is for visits and salts alone. IAM cannot require a condition on a write: docs/security.md says
what the router could still do with a row that it may write, above all set the count to another number.

Sources: "Using IAM policy conditions for fine-grained access control" and "Using IAM with DynamoDB transactions",
Amazon DynamoDB Developer Guide. `ForAllValues` holds for an empty set too, so `Null` asks that there be one.
"""

from __future__ import annotations

from dataclasses import dataclass

from awacs import apigateway, execute_api, sqs, sts
from awacs import awslambda as awslambda_action
from awacs import dynamodb as dynamodb_action
from awacs import logs as logs_action
from awacs import s3 as s3_action
from awacs import sns as sns_action
from awacs.aws import (
    Action,
    Allow,
    Condition,
    ForAllValuesStringLike,
    ForAnyValueStringEquals,
    Null,
    PolicyDocument,
    Principal,
    Statement,
    StringEqualsIfExists,
)
from troposphere import GetAtt, Ref, Sub, iam

from router.contract import budget, files, tables
from settings import Settings
from template_gen import names
from template_gen.acceptance import Accepted

ROLE = "RouterRole"
CONNECTION_METHODS = ("POST", "DELETE")
"""Of @connections: to tell a page, and to close a socket that floods or that the budget does not pay for."""
_API = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>"

ACCEPTED = [
    Accepted(
        (ROLE,),
        tuple(
            f"AwsSolutions-IAM5[Resource::{_API}:<{names.WEB_SOCKET_API}>/{names.STAGE}/{method}/@connections/*]"
            for method in CONNECTION_METHODS
        ),
        "API Gateway makes the connections' ids; the API, the stage and the method are ours alone",
    ),
    Accepted(
        (ROLE,),
        ("RESOURCE_MISMATCH[dynamodb:ListStreams]",),
        "AWS's reference knows the action on * alone, but its guide to Lambda and streams grants it on the table's "
        "stream, as here; on * the router could list the streams of every table",
    ),
    Accepted(
        (ROLE,),
        (f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<{names.CODE_BUCKET}>/{files.backup_key('*')}]",),
        "the router draws the id that names the folder; bucket, folder around it and file are fixed, and old versions "
        "are kept",
    ),
]

_VISITS = tuple(f"{prefix}*" for prefix in tables.VISIT_PREFIXES)
_DAYS, _SALTS, _LIMITS = (f"{prefix}*" for prefix in (tables.DAY_PREFIX, tables.SALT_PREFIX, tables.LIMIT_PREFIX))
_HISTORIES = f"{tables.HISTORY_PREFIX}*"
_RECENT = f"{tables.DAY_PREFIX}*"  # attributes
_BROADCAST = (
    tables.ANNOUNCED,
    tables.ANNOUNCED_NAMED,
    tables.BEGUN_AT,
    tables.BROADCAST_AT,
    tables.CHANGES_TOLD,
    tables.CONNECTIONS,
    tables.DIGEST,
    *tables.OF_A_SEGMENTED_ROUND,
    tables.WRITTEN_AT,
)
_NAMED = f"{tables.NAMED_PREFIX}*"
_BUDGETS = f"{budget.ROW_PREFIX}*"
READ_ROWS = (
    *(tables.VISITOR_COUNT, tables.ONLINE, tables.PRESENCE, tables.BACKUP),
    *(_DAYS, _HISTORIES, _SALTS, _BUDGETS, *_VISITS),
)
"""Keys of rows that the router reads; `*` matches anything."""

LEADING_KEYS, ATTRIBUTES = "dynamodb:LeadingKeys", "dynamodb:Attributes"
ENCLOSING, RETURN_VALUES = "dynamodb:EnclosingOperation", "dynamodb:ReturnValues"


@dataclass(frozen=True)
class Write:
    """Permission to write only these attributes of the rows whose key matches one of `rows`, `*` as above.

    in_transaction: only as a part of TransactWriteItems. returns: what of the row may be handed back.
    """

    action: Action
    rows: tuple[str, ...]
    attributes: tuple[str, ...]
    in_transaction: bool = False
    returns: str = "NONE"


WRITES = {
    "PutVisits": Write(dynamodb_action.PutItem, _VISITS, (tables.ARRIVED_AT, tables.EXPIRES_AT, tables.UNCOUNTED)),
    "PutSalts": Write(dynamodb_action.PutItem, (_SALTS,), (tables.EXPIRES_AT, tables.SALT)),
    "AddToCount": Write(
        dynamodb_action.UpdateItem,
        (tables.VISITOR_COUNT,),
        (tables.CURRENT_COUNT, tables.LAST_VISIT, _NAMED, _RECENT),
        in_transaction=True,
    ),
    "AddToHistories": Write(dynamodb_action.UpdateItem, (_HISTORIES,), (_RECENT,), in_transaction=True),
    "AddToDays": Write(dynamodb_action.UpdateItem, (_DAYS,), (tables.VISITS, _NAMED), in_transaction=True),
    "UnmarkVisits": Write(dynamodb_action.UpdateItem, _VISITS, (tables.UNCOUNTED,), in_transaction=True),
    "TakeFromLimits": Write(
        dynamodb_action.UpdateItem, (_LIMITS,), (tables.EXPIRES_AT, tables.TAKEN, f"{tables.NETWORK_PREFIX}*")
    ),
    "NoteBroadcasts": Write(dynamodb_action.UpdateItem, (tables.ONLINE,), _BROADCAST, returns="ALL_NEW"),
    "NotePresence": Write(dynamodb_action.UpdateItem, (tables.PRESENCE,), (tables.CHANGES,)),
    "MeterBudgets": Write(
        dynamodb_action.UpdateItem,
        (_BUDGETS,),
        (budget.SPENT, budget.STEP, budget.TOLD, budget.ALARM, budget.ALARMED_AT, tables.EXPIRES_AT),
        returns="ALL_NEW",
    ),
    "NoteBackups": Write(
        dynamodb_action.UpdateItem, (tables.BACKUP,), (tables.TABLE_ID, tables.WRITTEN_AT), returns="ALL_NEW"
    ),
}
"""Sid -> permission. The rows are those of router/contract/tables.py; a test compares the two."""


def role(settings: Settings) -> iam.Role:
    """Return the role of the router, which allows the actions that its code calls."""
    boundary = settings.stack.permissions_boundary
    return iam.Role(
        ROLE,
        AssumeRolePolicyDocument=PolicyDocument(
            Version="2012-10-17",
            Statement=[
                Statement(Effect=Allow, Principal=Principal("Service", "lambda.amazonaws.com"), Action=[sts.AssumeRole])
            ],
        ),
        Policies=[
            iam.Policy(
                PolicyName="router",
                PolicyDocument=PolicyDocument(
                    Version="2012-10-17",
                    Statement=[
                        *_connections(),
                        *_visits(),
                        *_stream(),
                        *_files(),
                        *_messages(),
                        *_stage(settings),
                    ],
                ),
            )
        ],
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )


def _connections() -> list[Statement]:
    return [
        _allow(
            "RememberConnections",
            GetAtt(names.CONNECTION_IDS, "Arn"),
            dynamodb_action.BatchGetItem,
            dynamodb_action.BatchWriteItem,
            dynamodb_action.DeleteItem,
            dynamodb_action.PutItem,
            dynamodb_action.Scan,
        )
    ]


def _visits() -> list[Statement]:
    rows = Condition([ForAllValuesStringLike({LEADING_KEYS: list(READ_ROWS)}), Null({LEADING_KEYS: False})])
    return [
        _allow("ReadRows", GetAtt(names.VISITOR_COUNTS, "Arn"), dynamodb_action.BatchGetItem, condition=rows),
        *(_write(sid, write) for sid, write in WRITES.items()),
        _allow(
            "FindUncounted",
            Sub(f"${{{names.VISITOR_COUNTS}.Arn}}/index/{tables.UNCOUNTED_INDEX}"),
            dynamodb_action.Scan,
        ),
    ]


def _write(sid: str, write: Write) -> Statement:
    conditions = [
        ForAllValuesStringLike({LEADING_KEYS: list(write.rows), ATTRIBUTES: [tables.ID, *write.attributes]}),
        Null({LEADING_KEYS: False, ATTRIBUTES: False}),
        # ReturnValues may return attributes that were not written.
        StringEqualsIfExists({RETURN_VALUES: sorted({"NONE", write.returns})}),
    ]
    if write.in_transaction:
        conditions.append(ForAnyValueStringEquals({ENCLOSING: ["TransactWriteItems"]}))
    return _allow(sid, GetAtt(names.VISITOR_COUNTS, "Arn"), write.action, condition=Condition(conditions))


def _stream() -> list[Statement]:
    return [
        _allow(
            "ReadStream",
            GetAtt(names.VISITOR_COUNTS, "StreamArn"),
            dynamodb_action.DescribeStream,
            dynamodb_action.GetRecords,
            dynamodb_action.GetShardIterator,
            dynamodb_action.ListStreams,
        ),
        _allow("KeepUndelivered", GetAtt(names.UNDELIVERED, "Arn"), sqs.SendMessage),
    ]


def _files() -> list[Statement]:
    backups = f"arn:${{AWS::Partition}}:s3:::${{{names.CODE_BUCKET}}}/{files.backup_key('*')}"
    return [
        _allow(
            "WriteSiteFiles",
            [Sub(f"${{{names.SITE_BUCKET}.Arn}}/{key}") for key in files.SITE_KEYS],
            s3_action.PutObject,
        ),
        _allow("WriteBackups", Sub(backups), s3_action.PutObject),
    ]


def _messages() -> list[Statement]:
    return [
        _allow(
            "WriteLogs", Sub(f"${{{names.ROUTER_LOGS}.Arn}}"), logs_action.CreateLogStream, logs_action.PutLogEvents
        ),
        _allow(
            "TellInSegments",
            Sub("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-router"),
            awslambda_action.InvokeFunction,
        ),
        _allow(
            "PostToConnections",
            [
                Sub(
                    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
                    f"${{{names.WEB_SOCKET_API}}}/{names.STAGE}/{method}/@connections/*"
                )
                for method in CONNECTION_METHODS
            ],
            execute_api.ManageConnections,
        ),
    ]


def _stage(settings: Settings) -> list[Statement]:
    """What the budget's steps need: to change the throttle of this stage, and to tell the owner."""
    if not settings.budget.dollars_a_month:
        return []
    stage = (
        f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/apis/${{{names.WEB_SOCKET_API}}}/stages/{names.STAGE}"
    )
    told = [_allow("TellTheOwner", Ref(names.ALERTS), sns_action.Publish)] if settings.alerts.email else []
    return [_allow("ThrottleTheStage", Sub(stage), apigateway.PATCH), *told]


def _allow(sid: str, resource: object, *actions: Action, condition: Condition | None = None) -> Statement:
    only = {} if condition is None else {"Condition": condition}
    return Statement(
        Sid=sid,
        Effect=Allow,
        Action=list(actions),
        Resource=resource if isinstance(resource, list) else [resource],
        **only,
    )
