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


class NoTables:
    def get_paginator(self, _operation: str) -> NoTables:
        return self

    def paginate(self) -> Any:
        return iter([{"TableNames": []}])


def test_a_bucket_of_the_same_stack_in_another_region_is_not_ours() -> None:
    target = FakeTarget(clients={"s3": S3(), "dynamodb": NoTables()}, region="us-east-1")
    assert left_over("cv", target) == (Data(names.SITE_BUCKET, "cv-sitebucket-1a"),)
