"""Data that an earlier stack of the same name has left."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.aws.target import Target
from deployment.stack.kept_data import Data, delete, left_over
from errors import CloudError
from template_gen import names
from tests.deployment.fakes import FakeTarget, refused

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


class Denied:
    """A service that denies every deletion."""

    def delete_table(self, **_: Any) -> None:
        raise refused("DeleteTable", "AccessDeniedException", "not authorized")

    def get_paginator(self, _operation: str) -> Denied:
        return self

    def paginate(self, **_: Any) -> Any:
        yield from self.pages()

    def pages(self) -> Any:
        raise refused("ListObjectVersions", "AccessDenied", "not authorized")


@pytest.mark.parametrize("logical_id", [names.SITE_BUCKET, names.VISITOR_COUNTS])
def test_data_that_may_not_be_deleted_is_an_error(logical_id: str) -> None:
    denying = FakeTarget(clients={"s3": Denied(), "dynamodb": Denied()})
    with pytest.raises(CloudError, match="cv-data"):
        delete(Data(logical_id, "cv-data"), denying)


def test_data_that_is_gone_needs_no_deletion(aws: Target) -> None:
    delete(Data(names.SITE_BUCKET, "cv-sitebucket-1a"), aws)
    delete(Data(names.VISITOR_COUNTS, "cv-visitorcounts-1a"), aws)
