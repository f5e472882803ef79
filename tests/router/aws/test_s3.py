from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from router.aws.s3 import S3Bucket
from router.errors import BucketError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def test_a_file_is_uploaded_with_its_headers() -> None:
    requests: list[dict[str, Any]] = []

    class Recording:
        def put_object(self, **request: Any) -> None:
            requests.append(request)

    client: S3Client = Recording()  # type: ignore[assignment]
    S3Bucket(client, "site").put("badge.svg", b"<svg/>", content_type="image/svg+xml", cache_control="no-store")
    assert requests == [
        {
            "Bucket": "site",
            "Key": "badge.svg",
            "Body": b"<svg/>",
            "ContentType": "image/svg+xml",
            "CacheControl": "no-store",
        }
    ]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "PutObject"), "PutObject: AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://s3"), "PutObject: EndpointConnectionError"),
    ],
)
def test_errors_of_s3_are_translated(error: Exception, text: str) -> None:
    class Failing:
        def put_object(self, **_: Any) -> None:
            raise error

    client: S3Client = Failing()  # type: ignore[assignment]
    with pytest.raises(BucketError, match=text):
        S3Bucket(client, "site").put("badge.svg", b"", content_type="", cache_control="")
