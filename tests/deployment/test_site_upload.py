"""What is uploaded, deleted and invalidated, and in which order."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.bucket import read_bucket
from deployment.site_files import A_YEAR_IMMUTABLE, SiteFile, is_hashed, read_site
from deployment.site_upload import EVERYTHING, MANY_PATHS, UNFINISHED, UploadPlan, plan_upload, publish
from deployment.target import Target
from errors import CloudError, OutputError
from tests.deployment.fakes import FakeCloudFront, FakeTarget, refused

KEYS = st.sampled_from(
    ["index.html", "404.html", "style.css", "a b/ü*.html", "assets/app.0123456789ab.js", "assets/plain.js"]
) | st.text("abc/.é ", min_size=1, max_size=6)
SITES = st.dictionaries(KEYS, st.sampled_from(["md5-one", "md5-two"]))


def files(site: dict[str, str]) -> list[SiteFile]:
    return [SiteFile(key, Path(key), md5, "text/plain", "no-store") for key, md5 in sorted(site.items())]


def applied(plan: UploadPlan, uploaded: dict[str, str]) -> dict[str, str]:
    """The bucket after the plan was carried out."""
    put = {file.key: file.md5 for file in (*plan.assets, *plan.pages)}
    return {key: etag for key, etag in (uploaded | put).items() if key not in plan.delete and key != UNFINISHED}


@given(wanted=SITES, uploaded=SITES)
def test_the_plan_leads_to_the_files_and_there_to_rest(wanted: dict[str, str], uploaded: dict[str, str]) -> None:
    plan = plan_upload(files(wanted), uploaded)
    assert applied(plan, uploaded) == wanted
    assert plan_upload(files(wanted), wanted).empty


@given(wanted=SITES, uploaded=SITES)
def test_only_what_differs_is_touched(wanted: dict[str, str], uploaded: dict[str, str]) -> None:
    plan = plan_upload(files(wanted), uploaded)
    assert {file.key for file in (*plan.assets, *plan.pages)} == {
        key for key, md5 in wanted.items() if uploaded.get(key) != md5
    }
    assert not set(plan.delete) & wanted.keys()
    assert all(is_hashed(file.key) for file in plan.assets)
    assert not any(is_hashed(file.key) for file in plan.pages)


@given(wanted=SITES, uploaded=SITES)
def test_just_the_addresses_are_invalidated_that_showed_something_else(
    wanted: dict[str, str], uploaded: dict[str, str]
) -> None:
    plan = plan_upload(files(wanted), uploaded)
    stale = {key for key, md5 in uploaded.items() if wanted.get(key) != md5 and not is_hashed(key)}
    front = {"/"} if "index.html" in stale else set()
    assert {unquote(path) for path in plan.invalidate} == {f"/{key}" for key in stale} | front
    assert len(set(plan.invalidate)) == len(plan.invalidate)


@given(wanted=SITES, uploaded=SITES)
def test_what_an_interrupted_deploy_left_has_everything_invalidated(
    wanted: dict[str, str], uploaded: dict[str, str]
) -> None:
    plan = plan_upload(files(wanted), {**uploaded, UNFINISHED: "md5"})
    assert plan.invalidate == (EVERYTHING,)
    assert UNFINISHED not in plan.delete
    assert not plan.empty


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a b.html", "/a%20b.html"),
        ("ü.html", "/%C3%BC.html"),
        ("100%.html", "/100%25.html"),
        ("what?.html", "/what%3F.html"),
        ("a#b", "/a%23b"),
        ("star*", "/star%2A"),
        ("it's,(fine);~$-_.+!:@=&.html", "/it's,(fine);~$-_.+!:@=&.html"),
    ],
)
def test_paths_are_encoded_as_cloudfront_wants_them(key: str, path: str) -> None:
    assert plan_upload([], {key: "md5"}).invalidate == (path,)


def test_many_paths_are_one_wildcard() -> None:
    few = {f"{number}.html": "md5" for number in range(MANY_PATHS)}
    assert len(plan_upload([], few).invalidate) == MANY_PATHS
    assert plan_upload([], {**few, "more.html": "md5"}).invalidate == (EVERYTHING,)


class Site:
    """A folder, its bucket in moto, and a CloudFront that remembers."""

    def __init__(self, folder: Path, aws: Target, cloudfront: FakeCloudFront) -> None:
        self.folder, self.cloudfront = folder, cloudfront
        self.s3 = aws.client("s3")
        self.target = FakeTarget(clients={"s3": self.s3, "cloudfront": cloudfront})

    def publish(self) -> UploadPlan:
        plan = plan_upload(read_site(self.folder), read_bucket("site", self.target))
        publish(plan, "site", "E1", self.target)
        return plan

    @property
    def keys(self) -> set[str]:
        return set(read_bucket("site", self.target))


@pytest.fixture
def published(aws: Target, site: Path) -> Site:
    """A site that was deployed once."""
    aws.client("s3").create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    made = Site(site, aws, FakeCloudFront())
    made.publish()
    return made


def test_the_first_deploy_uploads_all_and_invalidates_nothing(published: Site) -> None:
    assert published.keys == {"index.html", "style.css", "assets/app.0123456789ab.js"}
    assert published.cloudfront.invalidations == []
    asset = published.s3.head_object(Bucket="site", Key="assets/app.0123456789ab.js")
    assert (asset["ContentType"], asset["CacheControl"]) == ("text/javascript; charset=utf-8", A_YEAR_IMMUTABLE)


def test_the_second_does_nothing(published: Site) -> None:
    assert published.publish().empty
    assert published.cloudfront.invalidations == []


def test_awkward_names_and_empty_files_arrive_and_rest(published: Site) -> None:
    names = {"ü ber.html", "a+b&c%20.txt", "empty.html"}
    for name in names:
        (published.folder / name).write_text("" if name == "empty.html" else name)
    published.publish()
    assert names <= published.keys
    assert published.publish().empty
    for name in names:
        (published.folder / name).unlink()
    published.publish()
    assert not names & published.keys


def test_a_change_is_uploaded_and_its_addresses_invalidated(published: Site) -> None:
    (published.folder / "index.html").write_text("<h1>Two</h1>")
    plan = published.publish()
    assert [file.key for file in plan.pages] == ["index.html"]
    assert published.cloudfront.invalidations == [["/", "/index.html"]]
    assert UNFINISHED not in published.keys


def test_a_deploy_that_dies_before_its_invalidation_is_completed_by_the_next(aws: Target, published: Site) -> None:
    (published.folder / "style.css").write_text("h1 { color: plum }")
    denied = refused("CreateInvalidation", "AccessDenied", "not authorized to perform: cloudfront:CreateInvalidation")
    dying = Site(published.folder, aws, FakeCloudFront(denied))
    with pytest.raises(CloudError, match="cloudfront:CreateInvalidation"):
        dying.publish()
    assert UNFINISHED in published.keys
    assert published.publish().pages == ()
    assert published.cloudfront.invalidations == [[EVERYTHING]]
    assert published.publish().empty


def test_a_file_that_vanishes_meanwhile_is_said_to_have(published: Site) -> None:
    (published.folder / "new.html").touch()
    plan = plan_upload(read_site(published.folder), read_bucket("site", published.target))
    (published.folder / "new.html").unlink()
    with pytest.raises(OutputError, match=r"new\.html"):
        publish(plan, "site", "E1", published.target)


def test_pages_go_last() -> None:
    """A page never names an asset that is not there yet."""

    class Recorder:
        def __init__(self) -> None:
            self.keys: list[str] = []

        def put_object(self, Key: str, **_: object) -> None:  # noqa: N803
            self.keys.append(Key)

    folder = Path(__file__).parent
    assets = tuple(SiteFile(f"asset-{n}", Path(__file__), "md5", "", "") for n in range(40))
    pages = (SiteFile("page", folder / "conftest.py", "md5", "", ""),)
    recorder = Recorder()
    publish(UploadPlan(assets, pages, (), ()), "site", "E1", FakeTarget(clients={"s3": recorder}))
    assert recorder.keys[-1] == "page"
    assert len(recorder.keys) == 41
