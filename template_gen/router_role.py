"""What the router may do: each action on the one resource it needs it for."""

from __future__ import annotations

from awacs import dynamodb as dynamodb_action
from awacs import execute_api, sqs, sts
from awacs import logs as logs_action
from awacs import s3 as s3_action
from awacs.aws import Action, Allow, PolicyDocument, Principal, Statement
from troposphere import GetAtt, Sub, iam

from template_gen import names
from template_gen.acceptance import Accepted

ROLE = "RouterRole"
_API = "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>"

ACCEPTED = [
    Accepted(
        (ROLE,),
        (f"AwsSolutions-IAM5[Resource::{_API}:<{names.WEB_SOCKET_API}>/{names.STAGE}/POST/@connections/*]",),
        "API Gateway makes the connections' ids; the API, the stage and the method are ours alone",
    ),
    Accepted(
        (ROLE,),
        ("RESOURCE_MISMATCH",),
        "dynamodb:ListStreams, which Lambda asks of whoever reads a stream: on * it would list every table's",
    ),
]


def role() -> iam.Role:
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
                PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=_statements()),
            )
        ],
    )


def _statements() -> list[Statement]:
    connections, counts = GetAtt(names.CONNECTION_IDS, "Arn"), GetAtt(names.VISITOR_COUNTS, "Arn")
    return [
        _allow(
            "WriteLogs", Sub(f"${{{names.ROUTER_LOGS}.Arn}}"), logs_action.CreateLogStream, logs_action.PutLogEvents
        ),
        _allow(
            "RememberConnections",
            connections,
            dynamodb_action.BatchWriteItem,
            dynamodb_action.DeleteItem,
            dynamodb_action.PutItem,
            dynamodb_action.Scan,
        ),
        _allow(
            "CountVisits",
            counts,
            dynamodb_action.BatchGetItem,
            dynamodb_action.PutItem,
            dynamodb_action.UpdateItem,
        ),
        _allow(
            "FindUncounted",
            Sub(f"${{{names.VISITOR_COUNTS}.Arn}}/index/{names.UNCOUNTED_INDEX}"),
            dynamodb_action.Scan,
        ),
        _allow(
            "ReadStream",
            GetAtt(names.VISITOR_COUNTS, "StreamArn"),
            dynamodb_action.DescribeStream,
            dynamodb_action.GetRecords,
            dynamodb_action.GetShardIterator,
            dynamodb_action.ListStreams,
        ),
        _allow("WriteBadge", Sub(f"${{{names.SITE_BUCKET}.Arn}}/{names.BADGE_KEY}"), s3_action.PutObject),
        _allow("KeepUndelivered", GetAtt(names.UNDELIVERED, "Arn"), sqs.SendMessage),
        _allow(
            "PostToConnections",
            Sub(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
                f"${{{names.WEB_SOCKET_API}}}/{names.STAGE}/POST/@connections/*"
            ),
            execute_api.ManageConnections,
        ),
    ]


def _allow(sid: str, resource: object, *actions: Action) -> Statement:
    return Statement(Sid=sid, Effect=Allow, Action=list(actions), Resource=[resource])
