"""The S3 client: it uploads single files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from router.errors import BucketError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class Bucket(Protocol):
    """A bucket."""

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        """Upload a file. Raises BucketError when that fails."""


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """A bucket in S3, accessed with botocore's client."""

    client: S3Client
    name: str

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        """Upload a file. Raises BucketError when that fails."""
        try:
            self.client.put_object(
                Bucket=self.name, Key=key, Body=content, ContentType=content_type, CacheControl=cache_control
            )
        except ClientError as error:
            raise BucketError(f"PutObject: {error.response.get('Error', {}).get('Code', '')}") from error
        except BotoCoreError as error:
            raise BucketError(f"PutObject: {type(error).__name__}") from error
