"""The requests about the row of a month's budget. AWS errors are raised as StoreError."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from router.budget.budget import Account
from router.contract import budget, tables
from router.errors import StoreError
from router.storage.rows import Row, number, read_rows
from router.storage.translation import false_if_condition_failed, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEPT_SECONDS: Final = 92 * 86_400
"""How long a row is kept after its last write, for `status`."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """The rows. visits: the name of the table. now: in epoch seconds. Every method raises StoreError."""

    client: DynamoDBClient
    visits: str
    now: int

    def read(self, *months: str) -> list[Account]:
        """Return the rows of these months."""
        keys = [budget.row_key(month) for month in months]
        found = read_rows(self.client, self.visits, keys)
        return [account_of(found.get(key, {})) for key in keys]

    def add(self, month: str, nanodollars: int) -> Account:
        """Add to what was spent, and return the row. A retry after a lost response may add it twice."""
        values = {":more": {"N": str(nanodollars)}}
        return self._update(month, f"ADD {budget.SPENT} :more SET {tables.EXPIRES_AT} = :expires", values)

    def enter(self, month: str, was: int | None, step: int, told: int) -> Account | None:
        """Store the step acted upon and the worst one told, and return the row; None if the step is no longer `was`."""
        values = {":step": {"N": str(step)}, ":told": {"N": str(told)}}
        condition = f"attribute_not_exists({budget.STEP})"
        if was is not None:
            values[":was"] = {"N": str(was)}
            condition = f"{budget.STEP} = :was"
        expression = f"SET {budget.STEP} = :step, {budget.TOLD} = :told, {tables.EXPIRES_AT} = :expires"
        try:
            return self._update(month, expression, values, ConditionExpression=condition)
        except StoreError as error:
            false_if_condition_failed(error)
            return None

    def alarm(self, month: str, name: str, at: int) -> Account:
        """Store the name of an alarm that is on, empty for none, and when it came; return the row."""
        expression = f"SET {budget.ALARM} = :alarm, {budget.ALARMED_AT} = :alarmedAt, {tables.EXPIRES_AT} = :expires"
        return self._update(month, expression, {":alarm": {"S": name}, ":alarmedAt": {"N": str(at)}})

    def _update(self, month: str, expression: str, values: dict[str, Any], **more: Any) -> Account:
        with translated("UpdateItem"):
            answer = self.client.update_item(
                TableName=self.visits,
                Key={tables.ID: {"S": budget.row_key(month)}},
                UpdateExpression=expression,
                ExpressionAttributeValues={**values, ":expires": {"N": str(self.now + KEPT_SECONDS)}},
                ReturnValues="ALL_NEW",
                **more,
            )
        return account_of(answer["Attributes"])


def account_of(row: Row) -> Account:
    """Return the row of a month's budget."""
    alarm = row.get(budget.ALARM, {}).get("S", "")
    told, alarmed_at = (number(row, name) or 0 for name in (budget.TOLD, budget.ALARMED_AT))
    return Account(number(row, budget.SPENT) or 0, number(row, budget.STEP), alarm, told, alarmed_at)
