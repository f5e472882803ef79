from __future__ import annotations

import pytest

from router.aws.topic import SnsTopic
from router.errors import TopicError
from tests.router.aws.test_stage import Recorded
from tests.router.fake_dynamodb import client_error


def test_a_message_is_published() -> None:
    client = Recorded()
    SnsTopic(client, "arn:topic").publish("subject", "text")
    assert client.calls == [{"TopicArn": "arn:topic", "Subject": "subject", "Message": "text"}]


def test_an_error_is_translated() -> None:
    with pytest.raises(TopicError, match="Publish: ClientError"):
        SnsTopic(Recorded(client_error("Publish", "NotFoundException")), "arn:topic").publish("subject", "text")
