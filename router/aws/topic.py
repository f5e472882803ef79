"""The topic through which the owner receives e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from router.errors import TopicError


class Topic(Protocol):
    """A topic."""

    def publish(self, subject: str, text: str) -> None:
        """Send a message to the subscribers. Raises TopicError."""


@dataclass(frozen=True, slots=True)
class SnsTopic:
    """A topic of SNS, accessed with botocore's client."""

    client: Any
    arn: str

    def publish(self, subject: str, text: str) -> None:
        """Send a message to the subscribers. Raises TopicError."""
        try:
            self.client.publish(TopicArn=self.arn, Subject=subject, Message=text)
        except (BotoCoreError, ClientError) as error:
            raise TopicError(f"Publish: {type(error).__name__}") from error
