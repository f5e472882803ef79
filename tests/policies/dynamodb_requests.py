"""What DynamoDB asks IAM when a request comes in: the actions, the resources, and the values of its condition keys.

Sources: "Using IAM policy conditions for fine-grained access control" and "Using IAM with DynamoDB transactions",
Amazon DynamoDB Developer Guide: a transaction asks for the action of each of its items, with its own name as the
enclosing operation; the attributes are those that the request names, in its item, its key and its expressions.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.policies.deployed import CONNECTIONS, COUNTS
from tests.policies.evaluator import Request
from tests.router import fake_dynamodb

ARNS = {fake_dynamodb.VISITS: COUNTS, fake_dynamodb.CONNECTIONS: CONNECTIONS}
KEYS = {fake_dynamodb.VISITS: "id", fake_dynamodb.CONNECTIONS: "connectionId"}
EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "ProjectionExpression", "FilterExpression")
WORDS = {"ADD", "SET", "REMOVE", "DELETE", "OR", "AND", "NOT"}


@dataclass
class Recorder:
    """Stands between the router and its client: hands every call on, and keeps it with who made it."""

    client: Any
    requests: dict[str, list[Request]] = field(default_factory=dict)

    def __getattr__(self, method: str) -> Any:
        def call(**request: Any) -> Any:
            caller = next(frame.function for frame in inspect.stack(0)[1:] if frame.function != "metered")
            request.pop("ReturnConsumedCapacity", None)
            self.requests.setdefault(caller, []).extend(asked(method, request))
            return getattr(self.client, method)(**request)

        return call


def asked(method: str, request: Mapping[str, Any]) -> Iterator[Request]:
    if method == "transact_write_items":
        for item in request["TransactItems"]:
            ((kind, part),) = item.items()
            yield _one(f"{kind}Item", part, {"dynamodb:EnclosingOperation": "TransactWriteItems"})
    elif method == "batch_get_item":
        for table, part in request["RequestItems"].items():
            keys = [key[KEYS[table]]["S"] for key in part["Keys"]]
            yield Request("dynamodb:BatchGetItem", ARNS[table], {"dynamodb:LeadingKeys": keys})
    elif method == "batch_write_item":
        ((table, parts),) = request["RequestItems"].items()
        keys = [part["DeleteRequest"]["Key"][KEYS[table]]["S"] for part in parts]
        yield Request("dynamodb:BatchWriteItem", ARNS[table], {"dynamodb:LeadingKeys": keys})
    elif method == "scan":
        index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
        yield Request("dynamodb:Scan", ARNS[request["TableName"]] + index)
    else:
        yield _one(method.title().replace("_", ""), request, {})


def _one(operation: str, request: Mapping[str, Any], more: Mapping[str, str]) -> Request:
    table = request["TableName"]
    item = request.get("Item") or request["Key"]
    context: dict[str, str | list[str]] = {
        "dynamodb:LeadingKeys": [item[KEYS[table]]["S"]],
        "dynamodb:Attributes": sorted({*item, *_named(request)}),
        **more,
    }
    if "ReturnValues" in request:
        context["dynamodb:ReturnValues"] = request["ReturnValues"]
    return Request(f"dynamodb:{operation}", ARNS[table], context)


def _named(request: Mapping[str, Any]) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    for expression in EXPRESSIONS:
        for word in re.findall(r"(?<![:\w])#?[A-Za-z]\w*(?!\w|\()", request.get(expression, "")):
            if word not in WORDS:
                yield names.get(word, word)
