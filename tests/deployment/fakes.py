"""Minimal fakes of AWS clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from console import Reporter
from deployment.aws.target import Target
from tests.http_server import serving

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/cv/1"
EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
"""A time far from the local clock, as nothing may depend on their agreement."""


class Lines(list[str], Reporter):
    """A list of the printed lines."""

    def __call__(self, line: str) -> None:
        self.append(line)


@dataclass(frozen=True)
class FakeTarget(Target):
    """A target with the given clients. endpoint_url: of an emulator, or None for AWS."""

    clients: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def client(self, service: str) -> Any:
        return self.clients[service]


def refused(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def event(number: int, resource: str, status: str, reason: str = "", *, own: bool = False) -> dict[str, Any]:
    """Return an event in the format of DescribeStackEvents, `number` seconds after the first."""
    return {
        "StackId": STACK_ID,
        "EventId": f"event-{number}",
        "LogicalResourceId": resource,
        "PhysicalResourceId": STACK_ID if own else f"physical-{resource}",
        "ResourceStatus": status,
        "Timestamp": EPOCH + timedelta(seconds=number),
        **({"ResourceStatusReason": reason} if reason else {}),
    }


@dataclass(frozen=True)
class Moment:
    """A state of CloudFormation: the status of the stack ("" for no stack), and the new events."""

    status: str
    events: Sequence[dict[str, Any]] = ()


class FakeCloudFormation:
    """A fake that returns the next of `moments` for each DescribeStacks, the last one repeatedly.

    change_sets: the responses of DescribeChangeSet, in order. A page has two events.
    template, parameters: of the deployed stack. listed: the existing change sets.
    """

    def __init__(
        self,
        moments: Sequence[Moment],
        change_sets: Sequence[Mapping[str, Any]] = (),
        *,
        template: Mapping[str, Any] | str = "",
        parameters: Mapping[str, str] | None = None,
        listed: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.calls: list[str] = []
        self.requests: list[Mapping[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self._moments = list(moments)
        self._change_sets = list(change_sets) or [{"Status": "CREATE_COMPLETE"}]
        self._template = template
        self._parameters = parameters or {}
        self._listed = listed
        self.validations: list[dict[str, Any]] = []
        """The events of DescribeEvents."""
        self.validation_error: Exception | None = None
        self.resources: list[dict[str, str]] = []
        """The entries of ListStackResources."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        moment = self._moments.pop(0) if len(self._moments) > 1 else self._moments[0]
        self.events += moment.events
        if not moment.status:
            raise refused("DescribeStacks", "ValidationError", f"Stack with id {StackName} does not exist")
        outputs = [{"OutputKey": "Key", "OutputValue": "value"}] if moment.status.endswith("E_COMPLETE") else []
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self._parameters.items()]
        stack = {
            "StackStatus": moment.status,
            "StackId": STACK_ID,
            "CreationTime": EPOCH,
            "Outputs": outputs,
            "Parameters": parameters,
        }
        return {"Stacks": [stack]}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        return {"StackEvents": self.events[::-1][:2]}

    def get_paginator(self, operation: str) -> _Pages:
        self.calls.append(operation)
        if operation == "describe_events":
            return _Pages([{"OperationEvents": [one]} for one in self.validations], self.validation_error)
        if operation == "list_stack_resources":
            return _Pages([{"StackResourceSummaries": [one]} for one in self.resources])
        if operation == "list_change_sets":
            return _Pages([{"Summaries": [one]} for one in self._listed])
        newest_first = self.events[::-1]
        return _Pages([{"StackEvents": newest_first[start : start + 2]} for start in range(0, len(newest_first), 2)])

    def get_template(self, **_: Any) -> dict[str, Any]:
        return {"TemplateBody": self._template}

    def create_change_set(self, **request: Any) -> dict[str, str]:
        self.calls.append(f"create_change_set {request['ChangeSetType']}")
        self.requests.append(request)
        return {"Id": "arn:change-set", "StackId": STACK_ID}

    def describe_change_set(self, **_: Any) -> Mapping[str, Any]:
        described = self._change_sets.pop(0) if len(self._change_sets) > 1 else self._change_sets[0]
        return {"ChangeSetName": "deploy-now", **described}

    def execute_change_set(self, **_: Any) -> None:
        self.calls.append("execute_change_set")

    def delete_change_set(self, **request: Any) -> None:
        self.calls.append("delete_change_set")
        self.requests.append(request)

    def continue_update_rollback(self, **request: Any) -> None:
        self.calls.append("continue_update_rollback")
        self.requests.append(request)

    def rollback_stack(self, **_: Any) -> None:
        self.calls.append("rollback_stack")

    def delete_stack(self, **request: Any) -> None:
        self.calls.append("delete_stack")
        self.requests.append(request)


@dataclass(frozen=True)
class _Pages:
    pages: Sequence[dict[str, Any]]
    error: Exception | None = None

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        if self.error:
            raise self.error
        yield from self.pages


class FakeCloudFront:
    """A fake that records invalidations and waits. failures: raised by the first calls.

    patience: False if an invalidation never completes.
    """

    def __init__(self, *failures: Exception, patience: bool = True) -> None:
        self.invalidations: list[list[str]] = []
        self.waited_for: list[tuple[str, str]] = []
        self._failures = list(failures)
        self._patience = patience

    def create_invalidation(self, InvalidationBatch: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        if self._failures:
            raise self._failures.pop(0)
        paths = InvalidationBatch["Paths"]
        assert paths["Quantity"] == len(paths["Items"])
        self.invalidations.append(paths["Items"])
        return {"Invalidation": {"Id": f"I{len(self.invalidations)}"}}

    def get_waiter(self, name: str) -> FakeCloudFront:
        assert name == "invalidation_completed"
        return self

    def wait(self, DistributionId: str, Id: str, **_: Any) -> None:  # noqa: N803
        if not self._patience:
            raise WaiterError("InvalidationCompleted", "Max attempts exceeded", {})
        self.waited_for.append((DistributionId, Id))


@contextmanager
def refusing_endpoint(status: int, code: str, message: str) -> Iterator[str]:
    """A local server that answers every request with an AWS error of a query API."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>1</RequestId></ErrorResponse>"
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has it so
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}"
