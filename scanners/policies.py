"""The IAM policies of a template as IAM would see them: intrinsic functions are replaced by sample values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ACCOUNT = "123456789012"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "stack",
    "AWS::URLSuffix": "amazonaws.com",
}
ARNS = {
    "AWS::CloudFront::Distribution": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{{0}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{{0}}",
    "AWS::Events::Rule": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{{0}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{0}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{{0}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{{0}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{0}",
    "AWS::SNS::Topic": f"arn:aws:sns:us-east-1:{ACCOUNT}:{{0}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{{0}}",
}
"""Resource type -> format of its Arn attribute. Source: "Service Authorization Reference", resource types."""

_STREAM = "/stream/2026-01-01"
"""A stream's label without the time of day that a real one has: parliament would take its colons for the ARN's."""

TRUST = "AssumeRolePolicyDocument"
"""The trust policy's property: it names principals and no resource. parliament does not support it; cfn-lint checks
it."""

_REFERENCE = re.compile(r"\$\{([\w:]+)(?:\.(\w+))?\}")


def policies(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return (logical ID, policy document) for every policy in the template, in whatever resource or property it is."""
    sample = _Sample(template["Resources"])
    for logical_id, resource in template["Resources"].items():
        for document in _documents(resource.get("Properties", {})):
            yield logical_id, sample.resolve(document)


def _documents(node: Any) -> Iterator[dict[str, Any]]:
    """Return everything that has the shape of a policy document, whatever the name of its property."""
    if isinstance(node, dict):
        if "Statement" in node:
            yield node
        else:
            for key, value in node.items():
                if key != TRUST:
                    yield from _documents(value)
    elif isinstance(node, list):
        for value in node:
            yield from _documents(value)


class _Sample:
    """Resolver of intrinsic functions to sample values.

    Raises ValueError for a function it does not support, because a policy that is only partly read would pass
    unnoticed.
    """

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._resources = resources

    def resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.resolve(value) for value in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, value),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, value)
        return {key: self.resolve(value) for key, value in node.items()}

    def _function(self, name: str, value: Any) -> Any:
        match name:
            case "Ref":
                return self._reference(value)
            case "Fn::GetAtt":
                return self._attribute(*(value if isinstance(value, list) else value.split(".", 1)))
            case "Fn::Sub":
                return _REFERENCE.sub(lambda found: self._substituted(found[1], found[2]), value)
            case "Fn::Join":
                return value[0].join(self.resolve(value[1]))
            case "Fn::If":
                return self.resolve(value[1])
        raise ValueError(f"{name} in a policy: add support for it to scanners/policies.py")

    def _substituted(self, name: str, attribute: str | None) -> str:
        return self._attribute(name, attribute) if attribute else self._reference(name)

    def _reference(self, name: str) -> str:
        if name in self._resources and self._resources[name]["Type"] == "AWS::SNS::Topic":
            return self._attribute(name, "TopicArn")
        return PSEUDO.get(name, name.lower())

    def _attribute(self, name: str, attribute: str) -> str:
        kind = self._resources[name]["Type"]
        if attribute == "StreamArn":
            return ARNS[kind].format(name.lower()) + _STREAM
        if attribute.endswith("Arn"):
            return ARNS[kind].format(name.lower())
        raise ValueError(f"{name}.{attribute} in a policy: add its format to scanners/policies.py")
