"""An in-memory fake of DynamoDB: the operations of the router, their errors, and the stream of VisitorCounts.

It supports exactly the expressions of the router and raises AssertionError for any other. The tests of `storage` run
with this fake and with moto, which verifies the fake.
"""

from __future__ import annotations

import copy
import re
import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.router import fake_segments

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = "ConnectionIDs"
VISITS = "VisitorCounts"
_CONDITION = "ConditionExpression"
_KEYS = {CONNECTIONS: "connectionId", VISITS: "id"}

SCAN_PARAMETERS = {
    *("TableName", "IndexName", "Limit", "ProjectionExpression", "FilterExpression", "ExpressionAttributeValues"),
    *("ConsistentRead", "ExclusiveStartKey", "Select", "Segment", "TotalSegments"),
}

Row = dict[str, Any]


def client_error(operation: str, code: str, status: int = 400, **more: Any) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": f"{code} for visit#secret-visit-id"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, operation)


class FakeDynamoDB:
    """The tables.

    rows: the items by table and key
    stream: the stream records of VisitorCounts, in order
    page: the number of items per page of a scan
    before_read: called before each item of a BatchGetItem, which is not a snapshot, to act as a concurrent handler
    reads_backwards: True if a BatchGetItem reads its last item first
    """

    def __init__(self, page: int = 100) -> None:
        self.rows: dict[str, dict[str, Row]] = {CONNECTIONS: {}, VISITS: {}}
        self.stream: list[dict[str, Any]] = []
        self.page = page
        self.calls: list[str] = []
        self.poison: set[str] = set()
        self.before_read: Callable[[], None] = lambda: None
        self.reads_backwards = False
        self._lock = threading.Lock()

    def put_item(self, *, TableName: str, Item: Row, ConditionExpression: str = "") -> Row:  # noqa: N803
        self.calls.append("PutItem")
        assert ConditionExpression in {"", "attribute_not_exists(id)"}
        key = Item[_KEYS[TableName]]["S"]
        if ConditionExpression and key in self.rows[TableName]:
            raise client_error("PutItem", "ConditionalCheckFailedException")
        self._write(TableName, key, copy.deepcopy(Item))
        return {}

    def delete_item(self, *, TableName: str, Key: Row) -> Row:  # noqa: N803
        self.calls.append("DeleteItem")
        self._delete(TableName, Key)
        return {}

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Row:  # noqa: N803
        self.calls.append("BatchWriteItem")
        for table, requests in RequestItems.items():
            assert 1 <= len(requests) <= 25
            for request in requests:
                self._delete(table, request["DeleteRequest"]["Key"])
        return {"UnprocessedItems": {}}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Row:  # noqa: N803
        self.calls.append("BatchGetItem")
        assert 1 <= sum(len(request["Keys"]) for request in RequestItems.values()) <= 100
        found = {table: self._found(table, request) for table, request in RequestItems.items()}
        return {"Responses": found, "UnprocessedKeys": {}}

    def _found(self, table: str, request: dict[str, Any]) -> list[Row]:
        keys = [key[_KEYS[table]]["S"] for key in request["Keys"]]
        assert len(set(keys)) == len(keys) > 0
        assert request["ConsistentRead"], "no read may be eventually consistent"
        found = []
        for key in reversed(keys) if self.reads_backwards else keys:
            self.before_read()
            if key in self.rows[table]:
                found.append(copy.deepcopy(self.rows[table][key]))
        return found

    def update_item(  # noqa: PLR0913 - the parameters of DynamoDB
        self,
        *,
        TableName: str,  # noqa: N803
        Key: Row,  # noqa: N803
        UpdateExpression: str,  # noqa: N803
        ExpressionAttributeValues: Row,  # noqa: N803
        ConditionExpression: str = "",  # noqa: N803
        ReturnValues: str = "NONE",  # noqa: N803
        ExpressionAttributeNames: dict[str, str] | None = None,  # noqa: N803
    ) -> Row:
        self.calls.append("UpdateItem")
        assert ReturnValues in {"NONE", "ALL_NEW"}
        key = Key[_KEYS[TableName]]["S"]
        row = {**(self.rows[TableName].get(key) or Key)}
        if key.startswith("budget#"):
            self._write(TableName, key, _budget(row, UpdateExpression, ConditionExpression, ExpressionAttributeValues))
            return {"Attributes": self.rows[TableName][key]}
        if fake_segments.is_update(UpdateExpression):
            return self._update_of_a_part(row, UpdateExpression, ConditionExpression, ExpressionAttributeValues)
        names = ExpressionAttributeNames or {}
        counted = {"taken": ":most"} | ({names["#part"]: ":mostOfPart"} if "#part" in names else {})
        _check_update(row, ConditionExpression, ExpressionAttributeValues, counted)
        if UpdateExpression == "ADD changes :one":
            row["changes"] = {"N": str(int(row.get("changes", {"N": "0"})["N"]) + 1)}
            self._write(TableName, key, row)
            return {}
        added, _, assignments = fake_segments.removed(row, UpdateExpression).partition("SET ")
        assert re.fullmatch(r"(ADD taken :number(, #part :numberOfPart(, #other\d+ :other\d+)*)? )?", added)
        for one in added.removeprefix("ADD ").strip().split(", ") if added else ():
            name, value = one.split(" ")
            name = names.get(name, name)
            number = int(row.get(name, {"N": "0"})["N"]) + int(ExpressionAttributeValues[value]["N"])
            row[name] = {"N": str(number)}
        for assignment in re.split(r", (?![^(]*\))", assignments):
            name, value = assignment.split(" = ")
            if value.startswith(f"if_not_exists({name}, "):
                row.setdefault(name, ExpressionAttributeValues[value.partition(", ")[2].rstrip(")")])
            else:
                row[name] = ExpressionAttributeValues[value]
        self._write(TableName, key, row)
        return {"Attributes": row} if ReturnValues == "ALL_NEW" else {}

    def _update_of_a_part(self, row: Row, expression: str, condition: str, values: Row) -> Row:
        with self._lock:
            changed = fake_segments.updated(row, expression, condition, values)
            if changed is None:
                raise client_error("UpdateItem", "ConditionalCheckFailedException")
            self._write(VISITS, "online", changed)
        return {"Attributes": changed}

    def scan(self, **request: Any) -> Row:
        self.calls.append("Scan")
        assert request.keys() <= SCAN_PARAMETERS
        table, index, condition = request["TableName"], request.get("IndexName"), request.get("FilterExpression")
        assert index in {None, "UncountedVisits"}
        assert condition in {None, "expiresAt < :now"}
        assert not (index and request.get("ConsistentRead")), "a global index does not support consistent reads"
        name = _KEYS[table]
        after = request.get("ExclusiveStartKey", {}).get(name, {}).get("S", "")
        rows_of = self.rows[table].items()
        keys = sorted(
            key for key, row in rows_of if (not index or "uncounted" in row) and fake_segments.is_of(key, request)
        )
        waiting = [key for key in keys if key > after]
        page = waiting[: min(request.get("Limit", self.page), self.page)]
        rows = [self.rows[table][key] for key in page]
        if condition:
            before = int(request["ExpressionAttributeValues"][":now"]["N"])
            rows = [row for row in rows if int(row["expiresAt"]["N"]) < before]
        if request.get("Select") == "COUNT":
            answer: Row = {"Count": len(rows)}
        else:
            names = {name, "uncounted"} if index else set(request["ProjectionExpression"].split(", "))
            answer = {"Items": [{n: row[n] for n in names if n in row} for row in rows]}
        if len(waiting) > len(page):
            answer["LastEvaluatedKey"] = {name: {"S": page[-1]}}
        return answer

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> Row:  # noqa: N803
        self.calls.append("TransactWriteItems")
        assert 1 <= len(TransactItems) <= 100
        actions = [next(iter(item.items())) for item in TransactItems]
        keys = [(action.get("Key") or action["Item"])["id"]["S"] for _, action in actions]
        if len(set(keys)) != len(keys):
            raise client_error("TransactWriteItems", "ValidationException")
        with self._lock:
            codes = [self._check(key, *action) for key, action in zip(keys, actions, strict=True)]
            if set(codes) != {"None"}:
                reasons = [{"Code": code} for code in codes]
                code = "TransactionCanceledException"
                raise client_error("TransactWriteItems", code, CancellationReasons=reasons)
            for key, (kind, action) in zip(keys, actions, strict=True):
                if kind == "Put":
                    self._write(action["TableName"], key, copy.deepcopy(action["Item"]))
                else:
                    self._apply(key, action)
        return {}

    def _check(self, key: str, kind: str, action: Row) -> str:
        row = self.rows[action["TableName"]].get(key, {})
        condition = action.get("ConditionExpression", "")
        if kind == "Put":
            assert condition == "attribute_not_exists(id)"
            return "ConditionalCheckFailed" if row else "ValidationError" if key in self.poison else "None"
        names, values = action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})
        if not _holds(condition, row, names, values):
            return "ConditionalCheckFailed"
        added = re.findall(r"(#\w+) :\w+(?=,| |$)", action["UpdateExpression"].partition(" SET ")[0])
        is_valid = key not in self.poison and all("N" in row.get(names[name], {"N": "0"}) for name in added)
        return "None" if is_valid else "ValidationError"

    def _apply(self, key: str, update: Row) -> None:
        table, expression = update["TableName"], update["UpdateExpression"]
        row = {**(self.rows[table].get(key) or update["Key"])}
        names, values = update.get("ExpressionAttributeNames", {}), update.get("ExpressionAttributeValues", {})
        pattern = r"(ADD #\w+ :\w+(, #\w+ :\w+)*( SET #last = :last| REMOVE #last)?)|REMOVE (uncounted|#\w+(, #\w+)*)"
        assert re.fullmatch(pattern, expression)
        assert names.keys() | values.keys() == set(re.findall(r"[#:]\w+", expression + update.get(_CONDITION, "")))
        for name, value in re.findall(r"(#\w+) (:\w+)", expression):
            row[names[name]] = {"N": str(int(row.get(names[name], {"N": "0"})["N"]) + int(values[value]["N"]))}
        if "SET" in expression:
            row[names["#last"]] = values[":last"]
        for name in expression.partition("REMOVE ")[2].split(", "):
            row.pop(names.get(name, name), None)
        self._write(table, key, row)

    def _write(self, table: str, key: str, row: Row) -> None:
        name = "MODIFY" if key in self.rows[table] else "INSERT"
        self.rows[table][key] = row
        if table == VISITS:
            self.stream.append(record(name, key, len(self.stream) + 1, row))

    def _delete(self, table: str, key: Row) -> None:
        row = self.rows[table].pop(key[_KEYS[table]]["S"], None)
        if row is not None and table == VISITS:
            self.stream.append(record("REMOVE", key["id"]["S"], len(self.stream) + 1, None))


def _holds(condition: str, row: Row, names: dict[str, str], values: Row) -> bool:
    if condition in {"", "attribute_exists(uncounted)"}:
        return not condition or "uncounted" in row
    assert re.fullmatch(r"#was\d+ = :was\d+( AND #was\d+ = :was\d+)*", condition)
    return all(row.get(names[name]) == values[value] for name, value in re.findall(r"(#\w+) = (:\w+)", condition))


def _check_update(row: Row, condition: str, values: Row, counted: dict[str, str]) -> None:
    whole = "(attribute_not_exists(taken) OR taken < :most)"
    match condition:
        case "":
            failed = False
        case (
            "(attribute_not_exists(broadcastAt) OR broadcastAt = :was) AND "
            "(attribute_not_exists(begunAt) OR begunAt = :wasBegun)"
        ):
            failed = any(
                row.get(name, values[was]) != values[was]
                for name, was in (("broadcastAt", ":was"), ("begunAt", ":wasBegun"))
            )
        case "(attribute_not_exists(begunAt) OR begunAt = :round)":
            failed = row.get("begunAt", values[":round"]) != values[":round"]
        case _:
            assert condition in {whole, f"{whole} AND (attribute_not_exists(#part) OR #part < :mostOfPart)"}
            failed = any(
                int(row.get(name, {"N": "-1"})["N"]) >= int(values[most]["N"]) for name, most in counted.items()
            )
    if failed:
        raise client_error("UpdateItem", "ConditionalCheckFailedException")


def _budget(row: Row, expression: str, condition: str, values: Row) -> Row:
    """Return the row of a budget after an update."""
    failed = {
        "": False,
        "attribute_not_exists(step)": "step" in row,
        "step = :was": row.get("step") != values.get(":was"),
    }
    if failed[condition]:
        raise client_error("UpdateItem", "ConditionalCheckFailedException")
    names = {
        "ADD spent :more SET expiresAt = :expires": (),
        "SET step = :step, told = :told, expiresAt = :expires": ("step", "told"),
        "SET alarm = :alarm, alarmedAt = :alarmedAt, expiresAt = :expires": ("alarm", "alarmedAt"),
    }[expression]
    if not names:
        row["spent"] = {"N": str(int(row.get("spent", {"N": "0"})["N"]) + int(values[":more"]["N"]))}
    return {**row, **{name: values[f":{name}"] for name in names}, "expiresAt": values[":expires"]}


def record(name: str, key: str, sequence: int, image: Row | None) -> dict[str, Any]:
    """Return a stream record as Lambda delivers it, with the view type NEW_IMAGE."""
    change = {"Keys": {"id": {"S": key}}, "SequenceNumber": f"{sequence:021d}", "StreamViewType": "NEW_IMAGE"}
    if image is not None:
        change["NewImage"] = copy.deepcopy(image)
    return {"eventID": f"{sequence:032x}", "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change}
