"""The router with fake dependencies: a manual clock, a fake DynamoDB, and recorded logs and posts."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from router.aws.connections_api import CLOSE, Delivery, Post
from router.aws.http_client import UNTIL_RESPONSE, Wait
from router.contract.log_values import Outcome
from router.dependencies import Dependencies, Invocation
from router.dispatch import dispatch
from router.memory import Memory
from router.storage.store import Store
from tests.router.fake_dynamodb import CONNECTIONS, VISITS, FakeDynamoDB, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb.client import DynamoDBClient

    from router.aws.connections_api import Posts

NOW = 1_795_995_200  # 2026-11-29T23:33:20Z
ENVIRONMENT = {
    "CONNECTION_IDS_TABLE": CONNECTIONS,
    "VISITOR_COUNT_TABLE": VISITS,
    "API_GATEWAY_MANAGEMENT_ENDPOINT": "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/live",
    "ALLOWED_ORIGINS": "https://d111111abcdef8.cloudfront.net, https://Example.com/",
    "AWS_REGION": "eu-central-1",
}


def store_over(client: Any) -> Store:
    """Return a store that uses a client."""
    return Store.of(cast("DynamoDBClient", client), CONNECTIONS, VISITS)


def recorded(name: str) -> dict[str, Any]:
    """Return an event of the folder events/, in the format of AWS."""
    event: dict[str, Any] = json.loads((Path(__file__).parent / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return event


def connect_event(
    connection_id: str,
    visit: str | None = None,
    *,
    address: str = "203.0.113.7",
    user_agent: str = "Mozilla/5.0 Firefox/140.0",
    secret: str = "",
    **parameters: str,
) -> dict[str, Any]:
    """Return the $connect event of a viewer at `address` behind CloudFront."""
    event = recorded("connect")
    event["requestContext"]["connectionId"] = connection_id
    asked = {**({} if visit is None else {"visit": visit}), **parameters}
    event["queryStringParameters"] = asked or None
    headers = {"User-Agent": user_agent, "X-Forwarded-For": f"{address}, 198.51.100.23"}
    headers |= {"X-Origin-Verify": secret} if secret else {}
    event["headers"] |= headers
    event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    return event


def message_event(connection_id: str) -> dict[str, Any]:
    """Return the event of a message on a connection."""
    return _of_connection("message", connection_id)


def disconnect_event(connection_id: str) -> dict[str, Any]:
    """Return the event of a closed connection."""
    return _of_connection("disconnect", connection_id)


def _of_connection(name: str, connection_id: str) -> dict[str, Any]:
    event = recorded(name)
    event["requestContext"]["connectionId"] = connection_id
    return event


class FakeTransport:
    """A transport. The outcomes are those of the connection's script, then of `outcomes`, then DELIVERED."""

    def __init__(self) -> None:
        self.scripts: dict[str, deque[Outcome]] = defaultdict(deque)
        self.received: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.outcomes: deque[Outcome] = deque()
        self.closed: list[str] = []
        self.tries = 0
        self.on_post: Callable[[], None] = lambda: None
        self.sleep: Callable[[float], None] = lambda _: None

    def run(self, posts: Posts) -> None:
        while (turn := posts.next()) != UNTIL_RESPONSE:
            match turn:
                case Post(connection_id, data):
                    posts.answered(turn, self.post(connection_id, data))
                case Wait(float() as seconds):
                    self.sleep(seconds)

    def post(self, connection_id: str, data: bytes) -> Delivery:
        self.tries += 1
        self.on_post()
        script = self.scripts[connection_id] or self.outcomes
        outcome = script.popleft() if script else Outcome.DELIVERED
        if data == CLOSE:
            self.closed.append(connection_id)
        elif outcome is Outcome.DELIVERED:
            self.received[connection_id].append(json.loads(data))
        return Delivery(outcome, "" if outcome is Outcome.DELIVERED else f"{outcome.title()}Exception")


@dataclass
class FakeBucket:
    """A bucket. It stores files by key, or raises `fault` if it is set."""

    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, tuple[str, str]] = field(default_factory=dict)
    fault: Exception | None = None

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        if self.fault:
            raise self.fault
        self.files[key] = content
        self.headers[key] = content_type, cache_control


@dataclass
class FakeFunctions:
    """The function itself. `events` are those of its asynchronous invocations, which a test delivers."""

    events: list[dict[str, Any]]

    def invoke(self, event: Mapping[str, Any]) -> None:
        self.events.append(json.loads(json.dumps(event)))


@dataclass
class Clock:
    """A manual clock. `started` and `timeout` determine the remaining time of an invocation."""

    now: float = NOW
    started: float = NOW
    timeout: float = 30.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class LambdaContext:
    """Lambda's context object."""

    clock: Clock
    aws_request_id: str = "8c2f4a1e-0000-4000-8000-000000000001"

    def get_remaining_time_in_millis(self) -> int:
        return round(max(0.0, self.clock.started + self.clock.timeout - self.clock.now) * 1000)


@dataclass
class Rig:
    """The router and its fakes.

    client: the client of the store; default: the fake DynamoDB
    invoked: the events of asynchronous invocations by `functions`
    crawlers: the user agents that are crawlers
    memory: what this execution environment remembers
    """

    environment: dict[str, str] = field(default_factory=lambda: {**ENVIRONMENT})
    table: FakeDynamoDB = field(default_factory=FakeDynamoDB)
    transport: FakeTransport = field(default_factory=FakeTransport)
    bucket: FakeBucket = field(default_factory=FakeBucket)
    backups: FakeBucket = field(default_factory=FakeBucket)
    clock: Clock = field(default_factory=Clock)
    lines: list[dict[str, Any]] = field(default_factory=list)
    client: Any = None
    invoked: list[dict[str, Any]] = field(default_factory=list)
    functions: FakeFunctions | None = None
    crawlers: frozenset[str] = frozenset()
    random: Callable[[], float] = lambda: 0.5
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        self.transport.sleep = self.clock.sleep

    @property
    def store(self) -> Store:
        return store_over(self.client or self.table)

    @property
    def dependencies(self) -> Dependencies:
        return Dependencies(
            environment=self.environment,
            make_store=lambda _: self.store,
            make_transport=lambda _: self.transport,
            make_bucket=lambda _, name: self.backups if name == self.environment.get("BACKUP_BUCKET") else self.bucket,
            clock=self.clock.read,
            sleep=self.clock.sleep,
            random=self.random,
            write=lambda line: self.lines.append(json.loads(line)),
            make_functions=lambda _: self.functions or FakeFunctions(self.invoked),
            entropy=lambda number: bytes([len(self.table.stream) % 256]) * number,
            is_crawler=self.crawlers.__contains__,
            memory=self.memory,
        )

    def invocation(self) -> Invocation:
        self.clock.started = self.clock.now
        return Invocation.of(self.dependencies, LambdaContext(self.clock))

    def send(self, event: Any) -> dict[str, Any]:
        """Invoke the router."""
        self.clock.started = self.clock.now
        return dispatch(event, LambdaContext(self.clock), self.dependencies)

    def connect(self, connection_id: str, visit: str | None = None, **more: str) -> dict[str, Any]:
        return self.send(connect_event(connection_id, visit, **more))

    def crowd(self) -> None:
        """Make `$connect` leave counting to the stream, as after a conflict."""
        self.memory.contention.see(math.inf)

    def fold(self) -> None:
        """Deliver the whole stream."""
        self.send({"Records": self.table.stream[:]})

    def count_event(self) -> dict[str, Any]:
        """Return the batch with one record of the count, as it is now."""
        image = self.table.rows[VISITS].get("visitorCount", {"id": {"S": "visitorCount"}, "currentCount": {"N": "0"}})
        return {"Records": [record("MODIFY", "visitorCount", len(self.table.stream) + 1, image)]}

    def count(self, name: str = "") -> int:
        attribute = f"visits#{name}" if name else "currentCount"
        return int(self.table.rows[VISITS].get("visitorCount", {}).get(attribute, {"N": "0"})["N"])

    def days(self) -> dict[str, int]:
        """Return the visits per day: those of the day's item, and of the attribute of the count."""
        return self._days("visits", self.table.rows[VISITS].get("visitorCount", {}))

    def named_days(self, name: str) -> dict[str, int]:
        """Return the visits per day to the pages with a name."""
        return self._days(f"visits#{name}", self.table.rows[VISITS].get(f"history#{name}", {}))

    def _days(self, attribute: str, recent: dict[str, Any]) -> dict[str, int]:
        rows = self.table.rows[VISITS].items()
        days = Counter(
            {key[4:]: int(row[attribute]["N"]) for key, row in rows if key[:4] == "day#" and attribute in row}
        )
        days.update({key[4:]: int(value["N"]) for key, value in recent.items() if key[:4] == "day#"})
        return {day: visits for day, visits in days.items() if visits}

    def logged(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["message"] == message]
