"""The project's theme with any résumé that the schema allows; and the errors for a broken theme."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import ResumeError
from settings import DEFAULT_THEME
from site_gen.folders.source import read_source
from site_gen.fonts import files_of
from site_gen.pages.assets import hash_assets
from site_gen.pages.edition import Edition
from site_gen.pages.pictures import pictures_for
from site_gen.pages.scripts import ship_scripts
from site_gen.pages.theme import render_pages
from site_gen.pipeline import build_site
from site_gen.resume.normalization import normal
from site_gen.resume.reading import SCHEMA, find_schema_violations

if TYPE_CHECKING:
    from tests.site_gen.conftest import MakeSource

SITE = Path(__file__).parents[3] / "site"
FILES = read_source(SITE)
ASSETS = hash_assets(
    files_of(DEFAULT_THEME)
    | ship_scripts(FILES.assets)
    | pictures_for(FILES.templates.values(), DEFAULT_THEME, "Ada", "Engineer")
)
SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#|/?assets/|/?site\.webmanifest|/$)", re.IGNORECASE)
VOID = {"meta", "link", "br", "img"}
KNOWN_TAGS = {
    *("html", "head", "title", "body", "script", "header", "main", "footer", "section", "article", "div", "span"),
    *("h1", "h2", "h3", "p", "ul", "li", "a", "b", "time", "figure", "figcaption", "blockquote", "visitor-count"),
    *("style", "bdi", "em", "strong", "code", "pre", "ol"),
    *VOID,
    "noscript",
}


class Page(HTMLParser):
    """A page as a browser parses it: tags in order, attributes, text. Unbalanced tags fail the test."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID  # `<br />`, as Markdown's line breaks are written
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def render(resume: dict[str, Any], canonical: str | None = None) -> dict[str, str]:
    pages = render_pages(FILES, resume, ASSETS, Edition(canonical_url=canonical))
    return {str(path): content.decode() for path, content in pages.items() if path.suffix == ".html"}


# Every character a résumé may hold, the dangerous ones often.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'{}%/=\n`"), max_size=30)
FORMATS = {
    "uri": st.sampled_from(["https://example.com/?a=1&b='2'", "http://e.example", "mailto:a@e.example", "tel:+1"]),
    "email": st.sampled_from(["a@e.example", '"<b>"@e.example', "a?bcc=b@e.example"]),
}
DATES = st.sampled_from(["2019", "2020-05", "2021-03-14"])


def build_strategy(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values that satisfy this part of the JSON Resume schema, with any key missing."""
    if "$ref" in schema:
        return DATES
    if schema["type"] == "object":
        keys = {key: build_strategy(inner) for key, inner in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=keys)
    if schema["type"] == "array":
        return st.lists(build_strategy(schema["items"]), max_size=2)
    return FORMATS.get(schema.get("format", ""), texts)


def without_image(resume: dict[str, Any]) -> dict[str, Any]:
    resume.get("basics", {}).pop("image", None)  # it names a file: the pipeline's tests have it
    return resume


resumes = build_strategy(json.loads(SCHEMA.read_text(encoding="utf-8"))).map(without_image).map(normal)
thorough = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@thorough
@given(resumes, texts.filter(str.strip))
def test_any_resume_gives_balanced_escaped_pages_with_safe_links(resume: dict[str, Any], name: str) -> None:
    resume.setdefault("basics", {})["name"] = name
    assert not list(find_schema_violations(resume))
    for text in render(resume, "https://example.com").values():
        page = Page(text)
        assert set(page.tags) <= KNOWN_TAGS
        assert not {name for name, _ in page.attributes if name.startswith("on") or name == "style"}
        links = {value for name, value in page.attributes if name in {"href", "src"}} - {"badge.svg"}
        assert all(map(SAFE_LINK.match, links))


@thorough
@given(texts.filter(str.strip))
def test_text_arrives_as_it_was_written(text: str) -> None:
    page = Page(render({"basics": {"name": text}})["index.html"])
    assert text in page.texts


@thorough
@given(resumes)
def test_rendering_is_deterministic(resume: dict[str, Any]) -> None:
    resume.setdefault("basics", {})["name"] = "Ada"
    assert render(resume) == render(json.loads(json.dumps(resume)))


def test_missing_sections_are_left_out() -> None:
    page = Page(render({"basics": {"name": "Ada"}})["index.html"])
    assert not {"section", "h2", "article"} & set(page.tags)
    assert page.tags.count("img") == 1, "the badge, for who has no scripts"


def test_every_section_of_the_schema_is_shown() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    lists = [key for key, value in schema["properties"].items() if value["type"] == "array"]
    assert len(lists) == 11
    for key in lists:
        field = next(iter(schema["properties"][key]["items"]["properties"]))
        page = render({"basics": {"name": "Ada"}, key: [{field: "Seen"}]})["index.html"]
        assert "Seen" in page, key


def test_a_period_reads_well() -> None:
    work = [
        {"position": "A", "startDate": "2021-03"},
        {"position": "B", "startDate": "2019", "endDate": "2021-02-14"},
        {"position": "C", "startDate": "2018-05", "endDate": "2018-05-30"},
        {"position": "D", "endDate": "2017"},
        {"position": "E"},
    ]
    text = render({"basics": {"name": "Ada"}, "work": work})["index.html"]
    assert re.findall(r'<p class="period">(.*)</p>', text) == [
        '<time datetime="2021-03">Mar 2021</time> – Present',
        '<time datetime="2019">2019</time> – <time datetime="2021-02-14">Feb 2021</time>',
        '<time datetime="2018-05-30">May 2018</time>',
        '<time datetime="2017">2017</time>',
    ]


def test_durations_are_shown_if_wanted_and_an_ongoing_period_lasts_until_this_month() -> None:
    work = [
        {"position": "A", "startDate": "2021-03"},
        {"position": "B", "startDate": "2019-01", "endDate": "2021-02-14"},
        {"position": "C", "startDate": "2017", "endDate": "2018"},
        {"position": "D", "endDate": "2017-05"},
    ]
    wanted = Edition(theme=replace(DEFAULT_THEME, durations=True), month="2026-11")
    pages = render_pages(FILES, {"basics": {"name": "Ada"}, "work": work}, ASSETS, wanted)
    text = pages[PurePosixPath("index.html")].decode()
    assert re.findall(r'<span class="duration">· (.*?)</span>', text) == ["5 yrs 9 mths", "2 yrs 2 mths"]
    unwanted = render_pages(FILES, {"basics": {"name": "Ada"}, "work": work}, ASSETS, Edition(month="2026-11"))
    assert b"duration" not in unwanted[PurePosixPath("index.html")]


def test_sections_come_in_the_owners_order() -> None:
    basics = {"name": "Ada"}
    resume = {"skills": [{"name": "S"}], "basics": basics, "education": [{"area": "E"}], "work": [{"name": "W"}]}
    page = render(resume)["index.html"]
    assert re.findall(r'<h2 id="(\w+)">', page) == ["skills", "education", "work"]


def test_markdown_is_rendered_and_html_is_shown() -> None:
    summary = "One *two* [three](https://e.example).\n\n- a\n- b\n\n<img src=x onerror=alert(1)> [x](javascript:a())"
    resume = {"basics": {"name": "Ada", "summary": summary}, "work": [{"highlights": ["**Big** `win`"]}]}
    page = render(resume)["index.html"]
    assert 'One <em>two</em> <a href="https://e.example">three</a>.' in page
    assert "<li>a</li>" in page
    assert "<li><strong>Big</strong> <code>win</code></li>" in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert 'href="javascript' not in page


def test_a_page_is_read_in_the_direction_of_its_letters() -> None:
    assert 'dir="rtl"' in render({"basics": {"name": "נועה לוי", "label": "Engineer"}})["index.html"]
    assert 'dir="ltr"' in render({"basics": {"name": "Ada", "summary": "שלום, she wrote in 2021"}})["index.html"]


def test_the_last_count_is_there_without_scripts() -> None:
    pages = render_pages(FILES, {"basics": {"name": "Ada"}}, ASSETS, Edition(last_count=1234))
    text = pages[PurePosixPath("index.html")].decode()
    assert '<visitor-count count="1234"><b>1,234</b> visits so far</visitor-count>' in text


def test_any_template_without_an_underscore_is_a_page(make_source: MakeSource, tmp_path: Path) -> None:
    theme = {"index.html.jinja": "{% include '_part.html.jinja' %}", "_part.html.jinja": "x", "more.html.jinja": "y"}
    built = build_site(make_source(theme=theme), tmp_path / "site")
    assert [str(path) for path in built.files] == ["index.html", "more.html"]


def test_a_template_is_rendered_anew_for_another_language_and_after_an_edit(
    make_source: MakeSource, tmp_path: Path
) -> None:
    def page(template: str, language: str) -> str:
        source = make_source(theme={"index.html.jinja": template})
        build_site(source, tmp_path / "site", Edition(language=language))
        return (tmp_path / "site/index.html").read_text()

    assert page("{{ '2020-05' | date }}", "en") == "May 2020"
    assert page("{{ '2020-05' | date }}", "de") == "Mai 2020"
    assert page("{{ '2020-06' | date }}", "de") == "Juni 2020"


@pytest.mark.parametrize(
    ("template", "where", "what"),
    [
        ("one\n{% if %}", "index.html.jinja:2", "the template is invalid"),
        ("{{ 1 / 0 }}", "index.html.jinja", "division by zero"),
        ("{{ asset('gone.css') }}", "theme", "'gone.css', which does not exist"),
        ("{% include 'gone.jinja' %}", "index.html.jinja", "gone.jinja"),
        ("{{ 'soon' | unknown }}", "index.html.jinja:1", "unknown"),
        ("{{ resume.basics.name | date }}{{ 'a-b' | date }}", "index.html.jinja", "invalid literal"),
    ],
)
def test_a_broken_theme_is_reported_by_file(make_source: MakeSource, template: str, where: str, what: str) -> None:
    source = make_source(theme={"index.html.jinja": template})
    with pytest.raises(ResumeError) as caught:
        build_site(source, source.parent / "site")
    assert caught.value.where.endswith(where)
    assert what in caught.value.what


def test_a_theme_without_a_front_page_is_refused(make_source: MakeSource, tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match=r"no index\.html\.jinja"):
        build_site(make_source(theme={"404.html.jinja": ""}), tmp_path / "site")
