"""A template's values as they are once it is deployed, as far as policies need them: ARNs in place of references."""

from __future__ import annotations

import re
from typing import Any

from tests.policies.evaluator import ACCOUNT, REGION

STACK = "cloud-resume"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{STACK}"
COUNTS, CONNECTIONS = f"{TABLE}-VisitorCounts-1A2B", f"{TABLE}-ConnectionIDs-1A2B"
SITE, ARTIFACTS = f"{STACK}-sitebucket-1a2b", f"{STACK}-artifacts-artifactbucket-1a2b"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{STACK}-UndeliveredRecords-1A2B"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{STACK}-router:*"
CONNECTIONS_API = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3d4e5/live/POST/@connections"

VALUES = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "VisitorCounts.Arn": COUNTS,
    "VisitorCounts.StreamArn": f"{COUNTS}/stream/2026-11-24T06:40:00.000",
    "ConnectionIDs.Arn": CONNECTIONS,
    "SiteBucket.Arn": f"arn:aws:s3:::{SITE}",
    "CodeBucket": ARTIFACTS,
    "RouterLogs.Arn": LOGS,
    "UndeliveredRecords.Arn": QUEUE,
    "WebSocketApi": "a1b2c3d4e5",
}


def deployed(value: Any) -> Any:
    """`value` with every Ref, Fn::GetAtt and Fn::Sub resolved. A KeyError names one that is not known here."""
    match value:
        case {"Ref": str() as name}:
            return VALUES[name]
        case {"Fn::GetAtt": [str() as name, str() as attribute]}:
            return VALUES[f"{name}.{attribute}"]
        case {"Fn::Sub": str() as text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: VALUES[found[1]], text)
        case dict():
            return {key: deployed(inner) for key, inner in value.items()}
        case list():
            return [deployed(inner) for inner in value]
        case _:
            return value
