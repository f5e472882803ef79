"""Resource policies that deny access without TLS: of the buckets, the queue and the topic."""

from __future__ import annotations

from collections.abc import Sequence

from awacs.aws import Action, Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import AWSHelperFn


def only_over_tls(actions: Sequence[Action], resources: Sequence[AWSHelperFn], *more: Statement) -> PolicyDocument:
    """Return a policy that denies `actions` on `resources` without TLS, followed by the statements `more`."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="OnlyOverTls",
                Effect=Deny,
                Principal=Principal("*"),
                Action=list(actions),
                Resource=list(resources),
                Condition=Condition(Bool({"aws:SecureTransport": False})),
            ),
            *more,
        ],
    )
