"""The seam to S3: one file, put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from router.errors import BucketError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class Bucket(Protocol):
    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        """Raises BucketError."""


@dataclass(frozen=True, slots=True)
class S3Bucket:
    client: S3Client
    name: str

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        try:
            self.client.put_object(
                Bucket=self.name, Key=key, Body=content, ContentType=content_type, CacheControl=cache_control
            )
        except ClientError as error:
            raise BucketError(f"PutObject: {error.response.get('Error', {}).get('Code', '')}") from error
        except BotoCoreError as error:
            raise BucketError(f"PutObject: {type(error).__name__}") from error
