"""In-memory S3 and CloudFront for the upload of a site, which can fail after any number of calls."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from tests.deployment.fakes import EPOCH, refused

Served = tuple[bytes, str, str]
"""A response to a visitor: content, type, caching."""


class KilledError(Exception):
    """The simulated end of the process: all later calls fail too."""


class Fuse:
    """A countdown of calls until the failure; None for no failure."""

    def __init__(self) -> None:
        self.left: int | None = None
        self._lock = threading.Lock()

    def burn(self) -> None:
        with self._lock:
            if self.left is not None:
                if self.left <= 0:
                    raise KilledError
                self.left -= 1


@dataclass(frozen=True)
class Held:
    content: bytes
    content_type: str
    cache_control: str
    number: int

    @property
    def etag(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


class MemoryS3:
    """Buckets are created on first use. Every write has a later date than the previous one."""

    def __init__(self, fuse: Fuse) -> None:
        self.buckets: dict[str, dict[str, Held]] = {}
        self.calls: list[str] = []
        self._fuse, self._writes = fuse, 0

    def keys(self, bucket: str) -> set[str]:
        return set(self.buckets.get(bucket, {}))

    def put_object(self, Bucket: str, Key: str, Body: Any, **headers: str) -> None:  # noqa: N803
        self._called(f"put {Key}")
        content = Body if isinstance(Body, bytes) else Body.read()
        self._writes += 1
        held = Held(content, headers.get("ContentType", ""), headers.get("CacheControl", ""), self._writes)
        self.buckets.setdefault(Bucket, {})[Key] = held

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        self._called(f"get {Key}")
        if Key not in self.keys(Bucket):
            raise refused("GetObject", "NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.buckets[Bucket][Key].content)}

    def head_object(self, Bucket: str, Key: str) -> dict[str, str]:  # noqa: N803
        self._called(f"head {Key}")
        if Key not in self.keys(Bucket):
            raise refused("HeadObject", "404", "Not Found")
        held = self.buckets[Bucket][Key]
        return {"ContentType": held.content_type, "CacheControl": held.cache_control}

    def delete_objects(self, Bucket: str, Delete: Any, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._called("delete " + " ".join(item["Key"] for item in Delete["Objects"]))
        for item in Delete["Objects"]:
            self.buckets[Bucket].pop(item["Key"], None)
        return {}

    def get_paginator(self, operation: str) -> MemoryS3:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803
        self._called("list")
        for key, held in sorted(self.buckets.get(Bucket, {}).items()):
            if not key.startswith(Prefix):
                continue
            date = EPOCH + timedelta(seconds=held.number)
            found = {"Key": key, "ETag": f'"{held.etag}"', "Size": len(held.content), "LastModified": date}
            yield {"Contents": [found]}

    def _called(self, what: str) -> None:
        self._fuse.burn()
        self.calls.append(what)


class MemoryCloudFront:
    """A CDN in front of one bucket that caches until an invalidation."""

    def __init__(self, fuse: Fuse, s3: MemoryS3, bucket: str) -> None:
        self.cached: dict[str, Served] = {}
        self.invalidations: list[list[str]] = []
        self._fuse, self._s3, self._bucket = fuse, s3, bucket

    def visit(self, key: str) -> None:
        """Return the object `key` from the cache or the bucket, if it exists."""
        if (held := self._s3.buckets.get(self._bucket, {}).get(key)) is not None:
            self.cached.setdefault(f"/{key}", served(held))

    def create_invalidation(self, InvalidationBatch: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self._fuse.burn()
        paths = InvalidationBatch["Paths"]["Items"]
        self.invalidations.append(paths)
        for path in map(unquote, paths):
            for address in fnmatch.filter(list(self.cached), path) if path.endswith("*") else [path]:
                self.cached.pop(address, None)
        return {"Invalidation": {"Id": "I1"}}


def served(held: Held) -> Served:
    return held.content, held.content_type, held.cache_control
