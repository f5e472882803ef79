"""The uploads, deletions and invalidations of a plan, for arbitrary sites and buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.site.files import SiteFile
from deployment.site.headers import Headers, headers, is_hashed
from deployment.site.invalidation import EVERYTHING
from deployment.site.manifest import Record, dump, parse
from deployment.site.state import SiteState, Stored, completed
from deployment.site.upload_plan import (
    FEW_FILES,
    UNFINISHED,
    UploadPlan,
    manifest_after,
    plan_upload,
    require_few_deletions,
    stage,
)
from errors import UsageError

NOW = datetime(2030, 6, 1, tzinfo=UTC)
GRACE = timedelta(days=30)

HASHED = [f"assets/app.{digit * 12}.js" for digit in "0123"]
KEYS = st.sampled_from(
    ["index.html", "404.html", "blog/index.html", "style.css", "a b/ü*.html", "assets/plain.js", "LICENSE", *HASHED]
)
ETAGS = st.sampled_from(["one", "two"])
TIMES = st.integers(0, 60).map(lambda days: NOW - timedelta(days=days))
OTHER = Headers("text/plain", "no-store")


def file(key: str, etag: str = "one", size: int = 10) -> SiteFile:
    return SiteFile(key, Path(key), etag, size, headers(key, utf_8=True, gzipped=False))


def stored(key: str, etag: str = "one", **other: Any) -> Stored:
    return Stored(etag, 10, NOW, **{"headers": file(key).headers, **other})


@st.composite
def sites(draw: st.DrawFn) -> list[SiteFile]:
    return [file(key, etag) for key, etag in sorted(draw(st.dictionaries(KEYS, ETAGS)).items())]


@st.composite
def states(draw: st.DrawFn) -> SiteState:
    """A bucket in any state: objects of this and other sites, with known and unknown headers, obsolete or not."""
    objects = {}
    for key, etag in draw(st.dictionaries(KEYS, ETAGS)).items():
        served = draw(st.sampled_from([file(key).headers, OTHER, None]))
        since = draw(TIMES | st.none()) if is_hashed(key) else None
        objects[key] = stored(key, etag, headers=served, obsolete_since=since)
    return SiteState(objects)


def planned(files: list[SiteFile], state: SiteState, now: datetime = NOW) -> UploadPlan:
    return plan_upload(files, state, now=now, grace=GRACE)


def applied(plan: UploadPlan, state: SiteState, now: datetime = NOW) -> SiteState:
    """Return the state that the next deploy reads after the plan, including a serialized manifest."""
    objects = {key: item for key, item in state.objects.items() if key != UNFINISHED}
    for upload in plan.uploads:
        objects[upload.file.key] = Stored(upload.file.etag, upload.file.size, now, upload.file.headers)
    for left in (*plan.deleted, *plan.pruned):
        del objects[left.key]
    manifest = parse(dump(manifest_after(plan, objects)))
    return SiteState(completed(objects, manifest), manifest)


@given(sites(), states())
def test_the_plan_uploads_the_files_and_the_next_one_is_empty(files: list[SiteFile], state: SiteState) -> None:
    """The bucket has exactly the files with their headers, plus assets within the grace period."""
    plan = planned(files, state)
    after = applied(plan, state)
    for wanted in files:
        there = after.objects[wanted.key]
        assert (there.etag, there.headers) == (wanted.etag, wanted.headers)
    others = after.objects.keys() - {wanted.key for wanted in files}
    assert others == {left.key for left in plan.kept}
    assert all(map(is_hashed, others))
    again = planned(files, after)
    assert again.empty
    assert not again.record
    assert again.unchanged == tuple(files)


@given(sites(), states())
def test_only_differences_are_uploaded(files: list[SiteFile], state: SiteState) -> None:
    plan = planned(files, state)
    uploaded = {upload.file.key: upload.reason for upload in plan.uploads}
    for wanted in files:
        there = state.objects.get(wanted.key)
        if there is None:
            assert uploaded[wanted.key] == "new"
        elif there.etag != wanted.etag:
            assert uploaded[wanted.key] == "content"
        elif there.headers != wanted.headers:
            assert uploaded[wanted.key] == "headers"
        else:
            assert wanted.key not in uploaded
    assert sorted(each.key for each in plan.files) == [each.key for each in files]
    assert len(plan.new) + len(plan.changed) == len(plan.uploads)


@given(sites(), states())
def test_no_file_is_deleted_that_the_site_has_or_before_its_grace_period(
    files: list[SiteFile], state: SiteState
) -> None:
    plan = planned(files, state)
    going = {left.key for left in (*plan.deleted, *plan.pruned)}
    assert not going & {wanted.key for wanted in files}
    for left in plan.pruned:
        since = state.objects[left.key].obsolete_since
        assert is_hashed(left.key)
        assert since is not None
        assert NOW - since >= GRACE
    assert not any(is_hashed(left.key) for left in plan.deleted)


@given(sites(), states())
def test_only_changed_paths_are_invalidated(files: list[SiteFile], state: SiteState) -> None:
    """New files had no URL before, and no page refers to pruned ones."""
    plan = planned(files, state)
    wanted = {each.key: (each.etag, each.headers) for each in files}
    stale = {
        key
        for key, there in state.objects.items()
        if wanted.get(key) != (there.etag, there.headers) and (key in wanted or not is_hashed(key))
    }
    folders = {key.removesuffix("index.html") for key in stale if key.endswith("index.html")}
    assert {unquote(path) for path in plan.invalidate} == {f"/{key}" for key in stale | folders}
    assert len(set(plan.invalidate)) == len(plan.invalidate)


@given(sites(), states())
def test_hashed_assets_go_first_and_pages_last(files: list[SiteFile], state: SiteState) -> None:
    stages = [stage(upload) for upload in planned(files, state).uploads]
    assert stages == sorted(stages)


@given(sites(), states())
def test_after_an_interrupted_deploy_everything_is_invalidated(files: list[SiteFile], state: SiteState) -> None:
    plan = planned(files, replace(state, objects={**state.objects, UNFINISHED: Stored("md5", 0, NOW)}))
    assert plan.invalidate == (EVERYTHING,)
    assert not plan.empty
    assert UNFINISHED not in {left.key for left in (*plan.deleted, *plan.pruned, *plan.kept)}


@given(st.lists(st.tuples(sites(), st.integers(0, 20)), min_size=1, max_size=8))
def test_an_asset_is_kept_for_its_grace_period(history: list[tuple[list[SiteFile], int]]) -> None:
    state, now = SiteState(), NOW
    without: dict[str, datetime] = {}
    for files, days in history:
        now += timedelta(days=days)
        assets = {each.key for each in files if is_hashed(each.key)}
        here = {key for key in state.objects if is_hashed(key)}
        without = {key: without.get(key, now) for key in here - assets}
        state = applied(planned(files, state, now), state, now)
        staying = {key for key, since in without.items() if now - since < GRACE}
        assert {key for key in state.objects if is_hashed(key)} == assets | staying


def test_the_grace_period_is_exact() -> None:
    old, page = file(HASHED[0]), file("index.html")
    state = applied(planned([old, page], SiteState()), SiteState())
    first = planned([page], state)
    assert [left.since for left in first.kept] == [NOW]
    assert first.empty  # for who reads the site
    assert first.record
    state = applied(first, state)
    assert not planned([page], state, NOW + GRACE - timedelta(seconds=1)).pruned
    assert [left.key for left in planned([page], state, NOW + GRACE).pruned] == [old.key]
    back = applied(planned([old, page], state, NOW + timedelta(days=20)), state)
    again = applied(planned([page], back, NOW + timedelta(days=25)), back)
    assert not planned([page], again, NOW + GRACE).pruned


def test_without_its_manifest_nothing_is_pruned() -> None:
    state = SiteState({HASHED[0]: stored(HASHED[0], obsolete_since=None)})
    assert not planned([], state).pruned


def many(count: int) -> dict[str, Stored]:
    return {f"{number}.html": stored(f"{number}.html") for number in range(count)}


def test_an_object_deleted_by_hand_is_invalidated() -> None:
    manifest = {"index.html": Record("one", NOW, file("index.html").headers)}
    plan = planned([file("index.html", "two")], SiteState({}, manifest))
    assert [upload.reason for upload in plan.uploads] == ["new"]
    assert plan.invalidate == ("/", "/index.html")


@pytest.mark.parametrize(
    ("there", "left", "refused"),
    [(FEW_FILES - 1, 0, False), (FEW_FILES, 5, False), (FEW_FILES, 4, True), (5000, 2500, False), (5000, 2499, True)],
)
def test_a_mass_deletion_needs_permission(there: int, left: int, refused: bool) -> None:
    plan = planned([file(f"{number}.html") for number in range(left)], SiteState(many(there)))
    assert plan.mass_deletion is refused
    require_few_deletions(plan, allowed=True)
    if refused:
        with pytest.raises(UsageError, match=f"{there - left} of its {there} files would be deleted") as caught:
            require_few_deletions(plan, allowed=False)
        assert "--allow-mass-delete" in caught.value.next_step


def test_pruning_is_not_a_mass_deletion() -> None:
    """Pruned assets count neither as a mass deletion nor against one."""
    assets = {f"assets/{n}.{n:012x}.js": stored("a", obsolete_since=NOW - GRACE) for n in range(100)}
    plan = planned([file("0.html")], SiteState({**assets, "0.html": stored("0.html")}))
    assert (len(plan.pruned), plan.mass_deletion) == (100, False)
    assert planned([], SiteState({**assets, **many(FEW_FILES)})).mass_deletion


def test_a_file_without_an_extension_is_reported_as_unreachable() -> None:
    plan = planned([file("LICENSE"), file("index.html"), file(".well-known/token")], SiteState())
    assert plan.unreachable == ("LICENSE",)


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.builds(
            Record,
            ETAGS,
            TIMES,
            st.builds(Headers, st.just("text/html"), st.text(), st.text()) | st.none(),
            TIMES | st.none(),
        ),
    )
)
def test_a_manifest_survives_a_round_trip(manifest: Mapping[str, Record]) -> None:
    assert parse(dump(manifest)) == manifest


@given(
    st.binary(max_size=60) | st.sampled_from([b'{"version":2}', b'{"version":1,"objects":{"a":["b"]}}', b"[]", b"1"])
)
def test_an_invalid_manifest_is_empty(content: bytes) -> None:
    assert parse(content) == {}
