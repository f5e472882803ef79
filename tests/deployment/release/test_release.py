"""The record of a release."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from deployment.aws.bucket import Listed
from deployment.release.release import Release, StoredObject, dump, parse
from deployment.site.upload_plan import NOT_OF_THE_SITE
from deployment.stack.state import StackState

MODIFIED = datetime(2030, 1, 2, 3, 4, 5, 678, UTC)
STATE = StackState("UPDATE_COMPLETE", {}, MODIFIED, "arn:1")
texts = st.text(max_size=8)
releases = st.builds(
    Release,
    texts,
    texts,
    texts,
    st.dictionaries(texts, texts, max_size=3),
    texts,
    st.dictionaries(texts, st.builds(StoredObject, texts, texts, texts), max_size=3),
)


def release(**site: str) -> Release:
    objects = {key: StoredObject("v1", etag, "2030-01-02T03:04:05Z") for key, etag in site.items()}
    return Release("2030-01-02T03:05:00Z", STATE.stamp, "{}", {}, "bucket", objects)


def listing(**site: str) -> dict[str, Listed]:
    return {key: Listed(etag, 1, MODIFIED) for key, etag in site.items()}


@given(releases)
def test_a_record_is_read_back(one: Release) -> None:
    assert parse(dump(one)) == one


@given(st.one_of(st.binary(), st.recursive(st.none() | st.integers() | texts, st.lists).map(lambda x: str(x).encode())))
def test_any_other_content_is_no_record(content: bytes) -> None:
    assert parse(content) is None


def test_a_release_is_deployed_while_the_stack_and_every_object_are_as_recorded() -> None:
    one = release(a="1", b="2")
    assert one.is_deployed(STATE, listing(a="1", b="2"))
    assert one.is_deployed(STATE, {**listing(a="1", b="2"), **listing(**dict.fromkeys(NOT_OF_THE_SITE, "x"))})
    assert not one.is_deployed(STATE, listing(a="1", b="3"))
    assert not one.is_deployed(STATE, listing(a="1"))
    assert not one.is_deployed(STATE, listing(a="1", b="2", c="3"))
    later = datetime(2031, 1, 1, tzinfo=UTC)
    assert not one.is_deployed(StackState("UPDATE_COMPLETE", {}, later, "arn:1"), listing(a="1", b="2"))
    assert not one.is_deployed(STATE, {**listing(a="1"), "b": Listed("2", 1, later)})
