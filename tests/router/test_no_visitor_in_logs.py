"""No log line contains visitor data: with valid, refused, limited and malformed events, and with failing requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from router.contract.log_values import Outcome
from router.dispatch import dispatch
from router.errors import EventFailedError
from tests.router.fake_dynamodb import client_error
from tests.router.rig import ENVIRONMENT, LambdaContext, Rig, connect_event, recorded

ADDRESS, NEIGHBOUR, BLOCK = "203.0.113.77", "198.51.100.23", "2001:db8:aaaa:bbbb::77"
AGENT, HOST = "AnnasBrowser/1.0 (very rare)", "anna-mueller"
VISIT, CONNECTION, SECRET = "Vis1tOfAnnaMueller", "Conn3ctionOfAnna=", "s3cret" * 8
BODY = "message-of-anna"
VALUES = (ADDRESS, NEIGHBOUR, "2001:db8", AGENT, "AnnasBrowser", HOST, VISIT, CONNECTION, SECRET, BODY)
LIMITS = {"CONNECTS_PER_ADDRESS": "2", "VISITS_PER_ADDRESS": "1", "REPLIES_PER_CONNECTION": "1"}


def connects() -> list[dict[str, Any]]:
    """Return valid, foreign, malformed and uncounted $connect events."""
    events = [
        connect_event(CONNECTION, VISIT, address=address, user_agent=AGENT, secret=SECRET)
        for address in (ADDRESS, BLOCK, f"{ADDRESS}, junk")
    ]
    for origin in (f"https://{HOST}.example", f"http://{ADDRESS}", "null", HOST):
        foreign = connect_event(CONNECTION, VISIT, address=ADDRESS, user_agent=AGENT)
        foreign["headers"]["Origin"] = foreign["multiValueHeaders"]["Origin"] = origin
        events.append(foreign)
    events.append(connect_event(CONNECTION, f"<{VISIT}>", address=ADDRESS, user_agent=AGENT))
    events.append(connect_event(CONNECTION, VISIT, address=ADDRESS, user_agent=AGENT, count="no"))
    odd = connect_event(CONNECTION, VISIT, address=ADDRESS, user_agent=AGENT)
    odd["requestContext"]["connectionId"] = [CONNECTION]
    return [*events, odd]


def others() -> list[Any]:
    message, left = recorded("message"), recorded("disconnect")
    for event in (message, left):
        event["requestContext"]["connectionId"] = CONNECTION
    return [{**message, "body": BODY}, {**message, "body": BODY}, left, {"Records": [{"body": BODY}]}, [BODY], BODY]


class Refusing:
    """A DynamoDB that rejects every request with a message that contains it."""

    def __getattr__(self, method: str) -> Any:
        def refuse(**request: Any) -> Any:
            error = client_error(method, "AccessDeniedException")
            error.response["Error"]["Message"] = "User: arn:aws:sts::123456789012:assumed-role/r is not authorized"
            raise error if method != "put_item" else ValueError(json.dumps(request, default=str))

        return refuse


@pytest.mark.parametrize("policy", ["tab", "visitor", "connection"])
@pytest.mark.parametrize("broken", [False, True])
def test_no_line_has_a_visitors_value(policy: str, broken: bool) -> None:
    rig = Rig(environment={**ENVIRONMENT, **LIMITS, "VISIT_POLICY": policy, "ORIGIN_SECRET": SECRET})
    rig.client = Refusing() if broken else None
    rig.transport.outcomes.extend([Outcome.FAILED, Outcome.GONE, Outcome.REFUSED] * 3)
    written: list[str] = []
    dependencies = rig.dependencies.__class__(**{**vars(rig.dependencies), "write": written.append})
    for event in [*connects(), *connects(), *others(), {"Records": rig.table.stream[:]}, recorded("scheduled")]:
        try:
            dispatch(event, LambdaContext(rig.clock), dependencies)
        except EventFailedError as error:
            written.append(str(error))  # Lambda writes it to the log
    messages = {json.loads(line).get("message") for line in written if line.startswith("{")}
    assert messages >= ({"failed", "connection_refused"} if broken else {"visit_recorded", "connection_refused"})
    for line in written:
        assert not [value for value in VALUES if value in line], line
