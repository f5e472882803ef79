"""The router with a budget: one execution environment, whose DynamoDB returns what it consumes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from router.contract import budget
from router.dependencies import Dependencies
from router.errors import StageError, TopicError
from tests.router.billed_table import BilledTable
from tests.router.fake_dynamodb import VISITS
from tests.router.rig import ENVIRONMENT, Rig

PRICES = {
    "dynamodb_read": 0.000000125,
    "dynamodb_write": 0.000000625,
    "websocket_message": 0.000001,
    "websocket_minute": 0.00000025,
    "lambda_request": 0.0000002,
    "lambda_gigabyte_second": 0.0000133334,
    "logs_gigabyte": 0.5,
    "s3_put": 0.000005,
    "cloudfront_request": 0.000001,
}
THROTTLES: dict[str, tuple[float, int]] = {
    "$connect": (0.25, 1000),
    "$disconnect": (50.0, 1000),
    "$default": (2.0, 1000),
}
TOPIC = "arn:aws:sns:eu-central-1:111122223333:alerts"
MONTH = "2026-11"


def environment(dollars: float, month_seconds: int = 0) -> dict[str, str]:
    return {
        **ENVIRONMENT,
        "SITE_BUCKET": "site",
        "BUDGET_DOLLARS": str(dollars),
        "BUDGET_MONTH_SECONDS": str(month_seconds),
        "PRICES": json.dumps(PRICES),
        "ALERTS_TOPIC": TOPIC,
        "STAGE_THROTTLES": json.dumps(THROTTLES),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    }


@dataclass
class FakeStage:
    """A stage. throttles: as last set. changes: how often they were set."""

    throttles: dict[str, tuple[float, int]] = field(default_factory=lambda: dict(THROTTLES))
    changes: int = 0
    broken: bool = False

    def throttle(self, routes: Any) -> None:
        if self.broken:
            raise StageError("UpdateStage: TooManyRequestsException")
        self.changes += 1
        self.throttles.update(routes)


@dataclass
class FakeTopic:
    """A topic. sent: the subjects and texts."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    def publish(self, subject: str, text: str) -> None:
        if self.broken:
            raise TopicError("Publish: NotFoundException")
        self.sent.append((subject, text))


@dataclass
class BudgetRig(Rig):
    """A rig with a budget. Its environment stays until `restart`."""

    stage: FakeStage = field(default_factory=FakeStage)
    topic: FakeTopic = field(default_factory=FakeTopic)

    @classmethod
    def of(cls, dollars: float, month_seconds: int = 0) -> BudgetRig:
        rig = cls(environment=environment(dollars, month_seconds))
        rig.client = rig.billed = BilledTable(rig.table)
        return rig

    billed: Any = None

    @cached_property
    def _held(self) -> Dependencies:
        return replace(
            super().dependencies,
            make_stage=lambda _: self.stage,
            make_topic=lambda _: self.topic,
            random=lambda: self.random(),  # noqa: PLW0108 - a test may replace it
        )

    @property
    def dependencies(self) -> Dependencies:
        return self._held

    def restart(self) -> None:
        """Begin a new execution environment."""
        self.__dict__.pop("_held", None)

    def spend(self, dollars: float, month: str = MONTH) -> None:
        """Set what this month has cost so far, as another environment wrote it."""
        row = self.table.rows[VISITS].setdefault(budget.row_key(month), {"id": {"S": budget.row_key(month)}})
        row["spent"] = {"N": str(round(dollars * 1e9))}

    def row(self, month: str = MONTH) -> dict[str, Any]:
        return {name: next(iter(value.values())) for name, value in self.table.rows[VISITS][f"budget#{month}"].items()}

    def spent(self, month: str = MONTH) -> float:
        row = self.table.rows[VISITS].get(budget.row_key(month), {})
        return int(row.get("spent", {"N": "0"})["N"]) / 1e9

    def tick(self) -> dict[str, Any]:
        return self.send({"source": "cloud-resume", "detail-type": "Tick"})
