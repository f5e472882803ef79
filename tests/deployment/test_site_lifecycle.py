"""Repeated deploys of a changing site, killed between any two calls: the bucket and the cache end up correct."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from deployment.site.files import read_site
from deployment.site.headers import is_hashed
from deployment.site.upload import SitePlace, plan_site, publish
from deployment.site.upload_plan import UNFINISHED, UploadPlan
from tests.deployment.fake_edge import Fuse, KilledError, MemoryCloudFront, MemoryS3, served
from tests.deployment.fakes import EPOCH, FakeTarget

PLACE = SitePlace("site", "E1", "artifacts")
KEEP_DAYS = 30
HASHED = [f"assets/app.{digit * 12}.js" for digit in "01"]
PAGES = ["index.html", "blog/index.html", "404.html", "style.css", "a b.txt"]


class Deploys(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.fuse = Fuse()
        self.s3 = MemoryS3(self.fuse)
        self.cloudfront = MemoryCloudFront(self.fuse, self.s3, PLACE.bucket)
        self.target = FakeTarget(clients={"s3": self.s3, "cloudfront": self.cloudfront})
        self.now = EPOCH
        self.last_on_site: dict[str, datetime] = {}

    def teardown(self) -> None:
        self.temporary.cleanup()

    @rule(key=st.sampled_from(PAGES), content=st.sampled_from([b"one", b"two", "ü".encode("latin-1"), b""]))
    def write(self, key: str, content: bytes) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @rule(key=st.sampled_from(HASHED))
    def add_asset(self, key: str) -> None:
        self.write(key, key.encode())

    @rule(key=st.sampled_from(PAGES + HASHED))
    def remove(self, key: str) -> None:
        (self.folder / key).unlink(missing_ok=True)

    @rule(key=st.sampled_from(PAGES))
    def read(self, key: str) -> None:
        self.cloudfront.visit(key)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(key=st.sampled_from([*PAGES, "stranger.html"]), kind=st.sampled_from(["text/html; charset=utf-8", "x/y"]))
    def somebody_writes_into_the_bucket(self, key: str, kind: str) -> None:
        self.s3.put_object(PLACE.bucket, key, b"one", ContentType=kind)

    @rule(key=st.sampled_from(PAGES + HASHED))
    def somebody_deletes_from_the_bucket(self, key: str) -> None:
        self.s3.buckets.get(PLACE.bucket, {}).pop(key, None)

    @rule(content=st.sampled_from([None, b"", b"{}"]))
    def somebody_spoils_the_manifest(self, content: bytes | None) -> None:
        manifests = self.s3.buckets.setdefault(PLACE.artifacts, {})
        for key in list(manifests):
            del manifests[key]
            if content is not None:
                self.s3.put_object(PLACE.artifacts, key, content)

    @rule(calls=st.integers(0, 25))
    def deploy_and_die(self, calls: int) -> None:
        self.fuse.left = calls
        with suppress(KilledError):
            self.deploy()
        self.fuse.left = None

    @rule()
    def deploy_and_check(self) -> None:
        plan = self.deploy()
        there = self.s3.buckets.get(PLACE.bucket, {})
        files = {file.key: file for file in read_site(self.folder)}
        for key, file in files.items():
            wanted = (file.source.read_bytes(), file.headers.content_type, file.headers.cache_control)
            assert served(there[key]) == wanted
        assert there.keys() - files.keys() == {left.key for left in plan.kept}
        for address, seen in self.cloudfront.cached.items():
            assert seen == served(there[address.removeprefix("/")]), "the edge shows what is there no more"
        self.and_again(plan)

    def and_again(self, plan: UploadPlan) -> None:
        self.s3.calls.clear()
        invalidations = len(self.cloudfront.invalidations)
        again = self.deploy()
        assert again.empty
        assert len(self.cloudfront.invalidations) == invalidations
        assert [call.split()[0] for call in self.s3.calls] == ["get", "list"], "it asked, or wrote, for nothing"
        assert [left.key for left in again.kept] == [left.key for left in plan.kept]

    def deploy(self) -> UploadPlan:
        plan = plan_site(self.folder, PLACE, self.target, now=self.now, keep_assets_days=KEEP_DAYS)
        files = {file.key for file in plan.files}
        for left in plan.pruned:
            assert self.now - self.last_on_site.get(left.key, self.now) >= timedelta(days=KEEP_DAYS)
        publish(plan, PLACE, self.target, allow_mass_delete=True)
        self.last_on_site |= {key: self.now for key in files if is_hashed(key)}
        return plan

    @precondition(lambda self: self.s3.calls)
    @invariant()
    def a_page_is_never_there_before_the_assets_that_were_planned_with_it(self) -> None:
        puts = [call.removeprefix("put ") for call in self.s3.calls if call.startswith("put ")]
        self.s3.calls.clear()
        ours = [key for key in puts if key != UNFINISHED and not key.startswith("site/")]
        assert not [key for key in ours[: _last_asset(ours)] if key.endswith(".html")]


def _last_asset(keys: list[str]) -> int:
    """Return the writes of the last deploy."""
    return max((number for number, key in enumerate(keys) if is_hashed(key)), default=0)


Deploys.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestDeploys = Deploys.TestCase
