"""The state of a bucket whose objects change, or cannot be read, meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployment.site.files import read_site
from deployment.site.manifest import load
from deployment.site.state import read_state
from errors import CloudError
from tests.deployment.fake_edge import Fuse, MemoryS3
from tests.deployment.fakes import FakeTarget, refused


class Unreadable(MemoryS3):
    """A bucket that is listed, while a request of one object gets an error."""

    def __init__(self, code: str) -> None:
        super().__init__(Fuse())
        self.code = code

    def head_object(self, Bucket: str, Key: str) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        raise refused("HeadObject", self.code, f"{Bucket} {Key}")


def uploaded(s3: MemoryS3, site: Path) -> FakeTarget:
    for file in read_site(site):
        s3.put_object(Bucket="site", Key=file.key, Body=file.source.read_bytes())
    return FakeTarget(clients={"s3": s3})


def test_an_object_that_was_deleted_meanwhile_has_no_headers(site: Path) -> None:
    target = uploaded(Unreadable("404"), site)
    state = read_state(read_site(site), "site", "artifacts", target)
    assert {stored.headers for stored in state.objects.values()} == {None}


def test_an_object_that_may_not_be_read_is_an_error(site: Path) -> None:
    target = uploaded(Unreadable("403"), site)
    with pytest.raises(CloudError, match="bucket site, "):
        read_state(read_site(site), "site", "artifacts", target)


def test_a_manifest_that_may_not_be_read_is_not_a_missing_one() -> None:
    class Denied:
        def get_object(self, **_: Any) -> None:
            raise refused("GetObject", "AccessDenied", "not authorized")

    assert load("artifacts", "site", FakeTarget(clients={"s3": MemoryS3(Fuse())})) == {}
    with pytest.raises(CloudError, match="bucket artifacts"):
        load("artifacts", "site", FakeTarget(clients={"s3": Denied()}))
