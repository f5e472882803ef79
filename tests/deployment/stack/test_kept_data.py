"""Data that an earlier stack of the same name has left."""

from __future__ import annotations

from typing import Any

from deployment.stack.kept_data import Data, left_over
from template_gen import names
from tests.deployment.fakes import FakeTarget

REGIONS = {"cv-sitebucket-1a": "us-east-1", "cv-sitebucket-2b": "eu-west-1", "cv-sitebucket-3c": None}


class S3:
    """As S3 answers: a bucket's Region only where the request has a parameter, and a few buckets a page."""

    def get_paginator(self, operation: str) -> S3:
        assert operation == "list_buckets"
        return self

    def paginate(self, **parameters: Any) -> Any:
        for name, region in REGIONS.items():
            known = {"BucketRegion": region} if parameters and region else {}
            yield {"Buckets": [{"Name": name, **known}]}

    def list_buckets(self) -> Any:
        return {"Buckets": [{"Name": name} for name in REGIONS]}


class Pages:
    """A client whose every operation returns these pages."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages

    def get_paginator(self, _operation: str) -> Pages:
        return self

    def paginate(self) -> Any:
        return iter(self.pages)


def target(*stacks: dict[str, Any]) -> FakeTarget:
    clients = {"s3": S3(), "dynamodb": Pages({"TableNames": []}), "cloudformation": Pages({"Stacks": list(stacks)})}
    return FakeTarget(clients=clients, region="us-east-1")


def test_a_bucket_of_the_same_stack_in_another_region_is_not_ours() -> None:
    assert left_over("cv", target()) == (Data(names.SITE_BUCKET, "cv-sitebucket-1a"),)


def test_data_that_another_stack_has_adopted_is_not_included() -> None:
    outputs = [{"OutputKey": names.SITE_BUCKET_NAME, "OutputValue": "cv-sitebucket-1a"}]
    assert left_over("cv", target({"StackName": "cv", "Outputs": outputs})) != ()
    assert left_over("cv", target({"StackName": "renamed", "Outputs": outputs})) == ()
