"""A site of one's own that cannot be published as it is: what is wrong, and the setting that allows it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.places import ROOT
from deployment.aws.target import Target
from deployment.package.prepared import prepare
from errors import ResumeError
from settings import load
from site_gen.pipeline import build_site
from site_gen.policy.check import require_publishable

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a site and its settings; return the path of the settings."""

    def write(files: Mapping[str, str], *lines: str) -> Path:
        for name, content in files.items():
            (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mine" / name).write_text(content)
        path = tmp_path / "settings.toml"
        path.write_text("\n".join(['[site]\nfolder = "mine"', *lines]) + "\n")
        return path

    return write


def refusal(path: Path) -> ResumeError:
    with pytest.raises(ResumeError) as caught:
        require_publishable(load(path))
    return caught.value


def test_the_sites_own_files_are_allowed(write: Write) -> None:
    page = "<link rel=stylesheet href=a.css><script src=a.js></script><img src=/a.png><a href=https://x.net>x</a>"
    require_publishable(load(write({"index.html": page, "a.css": "p{background:url(a.png)}"})))


def test_what_the_policy_blocks_is_listed_with_file_and_line(write: Write) -> None:
    page = "<link rel=stylesheet href=css/a.css>\n<script>x()</script>\n<p onclick='y()' style='color:red'>\n<img src=https://a.net/i.png>"
    error = refusal(write({"index.html": page, "css/a.css": "@import 'https://b.net/b.css';"}))
    assert error.where.endswith("mine")
    assert error.what.splitlines() == [
        "the Content-Security-Policy blocks what these pages need:",
        "  css/a.css:1: https://b.net/b.css (style-src-elem)",
        "  index.html:2: an inline script (script-src-elem)",
        "  index.html:3: the event handler onclick (script-src-attr)",
        "  index.html:3: an inline style attribute (style-src-attr)",
        "  index.html:4: https://a.net/i.png (img-src)",
    ]
    assert "move inline scripts and styles to files" in error.next_step


def test_the_suggested_setting_allows_it_and_keeps_the_placeholder(write: Write) -> None:
    files = {"index.html": "<style>p{}</style><script>x('a')</script><p onclick='y()'><video src=v.mp4></video>"}
    path = write(files)
    setting = re.search(r"^  (content_security_policy = .*)$", refusal(path).next_step, re.MULTILINE)
    assert setting
    assert "{inline_styles}" in setting[1]
    require_publishable(load(write(files, setting[1])))


@pytest.mark.parametrize(
    ("page", "note"),
    [
        ("<a href='javascript:void(0)'>x</a>", "index.html:1: the javascript: URL in href (script-src-elem)"),
        ("<p onclick='y()'>", "index.html:1: the event handler onclick (script-src-attr)"),
        ("<p style='color:red'>", "index.html:1: an inline style attribute (style-src-attr)"),
        ("<img src=https://a.net/a.png>", "index.html:1: https://a.net/a.png (img-src)"),
        ("<link rel=modulepreload href=https://a.net/a.js>", "index.html:1: https://a.net/a.js (script-src-elem)"),
        ("<noscript><style>p{}</style></noscript>", "index.html:1: an inline stylesheet (style-src-elem)"),
    ],
)
def test_what_a_page_may_work_without_is_a_note(write: Write, page: str, note: str) -> None:
    assert require_publishable(load(write({"index.html": page}))) == (f"the Content-Security-Policy blocks {note}",)


def test_pages_and_stylesheets_that_the_front_page_does_not_lead_to_are_notes(write: Write) -> None:
    files = {
        "index.html": "<a href=/blog>x</a><a href='https://x.net/old.html'>x</a><a href='http://[a'>x</a>",
        "blog/index.html": "<link rel=stylesheet href=a.css><a href=../>x</a>",
        "blog/a.css": "@import 'b.css'",
        "blog/b.css": "",
        "old.html": "<script>x()</script>",
        "old.css": "@import 'https://b.net/b.css'",
    }
    assert len(require_publishable(load(write(files)))) == 2
    assert "blog/b.css:1" in refusal(write({**files, "blog/b.css": "@import 'https://b.net/b.css'"})).what


def test_a_setting_makes_all_of_them_notes(write: Write) -> None:
    files = {"index.html": "<script>x()</script>"}
    assert 'set policy_check = "note"' in refusal(write(files)).next_step
    (note,) = require_publishable(load(write(files, 'policy_check = "note"')))
    assert note.endswith("index.html:1: an inline script (script-src-elem)")


@pytest.mark.parametrize("verb", ["generate", "lint"])
def test_the_verbs_print_the_notes(write: Write, verb: str) -> None:
    done = run(verb, write({"index.html": "<p onclick='y()'>"}))
    assert done.returncode == 0, done.stderr
    assert "note: the Content-Security-Policy blocks index.html:1: the event handler onclick" in done.stdout


def test_the_segments_of_a_video_are_published(write: Write) -> None:
    files = {"index.html": "x", "v/a.m3u8": "x", "v/a1.ts": "x", "src/app.ts": "x"}
    settings = load(write(files))
    assert published(settings.site.folder, ignore=settings.site.ignore)[0] == ["index.html", "v/a.m3u8", "v/a1.ts"]


def test_a_policy_that_would_be_too_long_is_not_suggested(write: Write) -> None:
    error = refusal(write({"index.html": "".join(f"<script>{n}</script>" for n in range(60))}))
    assert "of 1,500" in error.next_step
    assert "and 40 more" in error.what


def test_the_own_domain_is_the_site_itself(write: Write) -> None:
    files = {"index.html": "<img src=https://cv.example.com/a.png>"}
    assert require_publishable(load(write(files, '[domain]\nname = "cv.example.com"'))) == ()
    assert "https://cv.example.com/a.png" in str(require_publishable(load(write(files))))


def test_ignored_and_hidden_pages_are_not_read(write: Write) -> None:
    files = {
        "index.html": "",
        "node_modules/x/demo.html": "<script>x()</script>",
        ".git/a.html": "<script>x()</script>",
    }
    require_publishable(load(write(files)))


@pytest.mark.parametrize("verb", ["generate", "lint"])
def test_the_verbs_find_it(write: Write, verb: str) -> None:
    path = write({"index.html": "<script>x()</script>"})
    refused = run(verb, path)
    assert "index.html:1: an inline script (script-src-elem)" in refused.stderr
    assert refused.returncode == 2


def test_a_deploy_finds_it_before_anything_is_generated(write: Write, tmp_path: Path) -> None:
    settings = load(write({"index.html": "<script>x()</script>"}))
    with pytest.raises(ResumeError, match="an inline script"):
        prepare(settings, Target("us-east-1"), tmp_path / "output", {})
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("verb", ["generate", "lint"])
def test_a_missing_folder_is_refused(tmp_path: Path, verb: str) -> None:
    (tmp_path / "settings.toml").write_text('[site]\nfolder = "nowhere"\n')
    refused = run(verb, tmp_path / "settings.toml")
    assert refused.returncode == 2
    assert "nowhere: there is no such folder\n  next: set site.folder in settings.toml" in refused.stderr


def run(verb: str, settings: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "build.py", *verb.split(), "--settings", str(settings)],
        cwd=ROOT,
        env={"PATH": "", "HOME": str(settings.parent), "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
             "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


SOURCES = (
    *("package.json", "package-lock.json", "node_modules/x/index.js", "src/app.ts", "css/a.scss", "css/a.css.map"),
    *("README.md", "readme.MD", ".env", ".DS_Store", ".git/config", "sub/node_modules/y.js"),
)
PUBLISHED = ("index.html", "css/a.css", ".well-known/security.txt", "data.json", "docs/package.html", "world.map")


def published(source: Path, **more: Any) -> tuple[list[str], tuple[str, ...]]:
    built = build_site(source, source.parent / "out", **more)
    return [path.as_posix() for path in built.files if path.as_posix() != "404.html"], built.notes


def test_sources_are_not_published_by_default(write: Write) -> None:
    settings = load(write(dict.fromkeys((*SOURCES, *PUBLISHED), "x")))
    files, notes = published(settings.site.folder, ignore=settings.site.ignore)
    assert files == sorted(PUBLISHED)
    (note,) = notes
    listed = "README.md, css/a.css.map, css/a.scss, node_modules, package-lock.json and 4 more"
    assert note == f"not published, by site.ignore: {listed}"


def test_patterns_are_names_or_paths(write: Write) -> None:
    files = ("index.html", "drafts/a.html", "drafts/b.txt", "blog/drafts/c.html", "a.map")
    settings = load(write(dict.fromkeys(files, "x"), 'ignore = ["drafts/*.html", "*.map", "blog/"]'))
    assert published(settings.site.folder, ignore=settings.site.ignore)[0] == ["drafts/b.txt", "index.html"]


def test_nothing_is_ignored_with_an_empty_list(write: Write) -> None:
    settings = load(write({"index.html": "x", "package.json": "x"}, "ignore = []"))
    assert published(settings.site.folder, ignore=settings.site.ignore) == (["index.html", "package.json"], ())


def test_the_front_page_cannot_be_ignored(write: Write) -> None:
    settings = load(write({"index.html": "x"}, 'ignore = ["*.html"]'))
    with pytest.raises(ResumeError, match=r"index\.html: is ignored, by site\.ignore"):
        published(settings.site.folder, ignore=settings.site.ignore)


def test_an_ignored_link_may_lead_out_of_the_folder(write: Write, tmp_path: Path) -> None:
    settings = load(write({"index.html": "x"}))
    (tmp_path / "modules").mkdir()
    (tmp_path / "mine/node_modules").symlink_to(tmp_path / "modules")
    assert published(settings.site.folder, ignore=settings.site.ignore)[0] == ["index.html"]
