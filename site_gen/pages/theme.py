"""Rendering of the theme's pages.

Every template `theme/<name>.jinja` becomes the file `<name>`, for instance `index.html`; a template whose name starts
with an underscore is only included by others, and a page that renders blank is not written. A translation of the résumé
has its HTML pages in a folder of its own, but for 404.html, of which a distribution has one. The context of a template:

resume     the validated résumé; a missing value is empty, at any depth
page       the page's name, "index.html", without the folder of a translation
root       the relative address of the site's root, with a slash; empty on the front page
edition    the appearance and address of the site (`Edition`)
editions   every language of the résumé, if there are several: `language`, `name`, `href`, `address`
words      section titles and phrases in the résumé's language (words.json)
direction  "ltr" or "rtl"
person     the résumé as JSON-LD, for search engines
asset()    "style.css" → "assets/style.3fa9c1d2e4b5.css"
style()    the text of stylesheets, for a <style> element
paper      the fonts of print, each with its `title` and the asset that is its `licence`
plural()   the form of a word of `words` for a number
duration() how long a period was, until this month without an end; empty unless theme.durations asks for it
filters    date, number, blocks, line, plain (Markdown), mail_link, phone_link, short_url, qr_code
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import BytecodeCache, ChainableUndefined, DictLoader, Environment, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from errors import ResumeError
from site_gen.folders.source import TEMPLATE_SUFFIX
from site_gen.fonts import families_of
from site_gen.languages.formats import format_date, format_duration, format_number, language_name, plural
from site_gen.languages.words import words_of
from site_gen.pages import markdown, qr
from site_gen.pages.json_ld import person
from site_gen.pages.styles import minified, page_numbers, tokens
from site_gen.resume.direction import direction
from site_gen.resume.links import mail_link, phone_link, short_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

    from jinja2.bccache import Bucket

    from site_gen.folders.source import SourceFiles
    from site_gen.pages.assets import Asset
    from site_gen.pages.edition import Edition
    from site_gen.resume.reading import Resume

FRONT_PAGE = "index.html"
ERROR_PAGE = "404.html"
# Errors that the code in a template can raise, Jinja's own included.
TEMPLATE_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def render_pages(
    files: SourceFiles, resume: Resume, assets: Mapping[str, Asset], edition: Edition
) -> dict[PurePosixPath, bytes]:
    """Return every page of the theme as UTF-8. Raises ResumeError for a theme that cannot be rendered."""
    pages = [name.removesuffix(TEMPLATE_SUFFIX) for name in sorted(files.templates) if is_page(name)]
    if FRONT_PAGE not in pages:
        raise ResumeError(
            str(files.theme),
            f"the theme has no {FRONT_PAGE}{TEMPLATE_SUFFIX}",
            "restore the template of the front page",
        )
    environment = make_environment(files, assets, edition)
    context = make_context(resume, assets, edition)
    rendered = {
        page: render(files, environment, page, {**context, "page": page, "root": root_of(page, edition)})
        for page in pages
        if not edition.folder or is_translated(page)
    }
    return {PurePosixPath(edition.folder, page): content for page, content in rendered.items() if content.strip()}


def is_translated(page: str) -> bool:
    """Return True for a page that each translation of the résumé has."""
    return page.endswith(".html") and page != ERROR_PAGE


def root_of(page: str, edition: Edition) -> str:
    """Return the relative address of the site's root. An error page is shown at any depth, and needs "/"."""
    if page != FRONT_PAGE:
        return "/"
    return "../" * edition.folder.count("/")


def is_page(template: str) -> bool:
    """Return True for a template of a page; one that starts with an underscore is a part of others."""
    return not PurePosixPath(template).name.startswith("_")


def make_context(resume: Resume, assets: Mapping[str, Asset], edition: Edition) -> dict[str, Any]:
    """Return the variables of a template: the résumé, the edition, words, and what is derived from them."""
    basics = resume["basics"]
    portrait = assets.get(basics.get("image", ""))
    address = f"{edition.canonical}{portrait.path}" if edition.canonical and portrait else None
    return {
        "resume": resume,
        "edition": edition,
        "words": words_of(edition.language),
        "direction": direction([basics["name"], basics.get("label"), basics.get("summary")]),
        "paper": families_of(edition.theme),
        "person": person(resume, edition.address, address),
        "editions": [Alternative.of(each, folder, edition) for each, folder in edition.languages],
    }


@dataclass(frozen=True)
class Alternative:
    """The front page in one of the site's languages. name: of the language, in itself. href: relative to the page that
    links to it. address: absolute, None while the site has none."""

    language: str
    name: str
    href: str
    address: str | None

    @classmethod
    def of(cls, language: str, folder: str, edition: Edition) -> Alternative:
        """Return the alternative in `folder`, as seen from a front page of `edition`."""
        href = root_of(FRONT_PAGE, edition) + folder
        return cls(language, language_name(language), href or "./", edition.canonical and edition.canonical + folder)


class Compiled(BytecodeCache):
    """The last compiled code of each template in this process: compiling takes much longer than rendering."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Set the compiled template in `bucket` if its source is unchanged since the last time."""
        checksum, code = self._last.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the compiled template in `bucket`, in memory."""
        self._last[bucket.key] = bucket.checksum, bucket.code


@cache
def compiled_for(_language: str) -> Compiled:
    """Return the cache of one language: a date that is a constant in a template is formatted at compile time."""
    return Compiled()


def make_environment(files: SourceFiles, assets: Mapping[str, Asset], edition: Edition) -> Environment:
    """Return the Jinja environment of an edition, with our functions and filters."""
    environment = Environment(
        loader=DictLoader(files.templates),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled_for(edition.language),
    )
    environment.globals |= {"asset": address_of(files, assets), "style": inlined(files, assets, edition)}
    environment.globals |= {"plural": partial(plural, language=edition.language), "duration": duration_in(edition)}
    environment.filters |= {
        "blocks": markdown.blocks,
        "date": partial(format_date, language=edition.language),
        "line": markdown.line,
        "mail_link": mail_link,
        "number": partial(format_number, language=edition.language),
        "phone_link": phone_link,
        "plain": markdown.plain,
        "qr_code": qr.svg,
        "short_url": short_url,
    }
    return environment


def duration_in(edition: Edition) -> Callable[[str, str], str]:
    """Return the template function `duration(start, end)`."""

    def duration(start: str, end: str) -> str:
        if not (edition.theme.durations and start):
            return ""
        return format_duration(start, end or edition.month, edition.language)

    return duration


def address_of(files: SourceFiles, assets: Mapping[str, Asset]) -> Callable[[str], str]:
    """Return the template function `asset(name)`, which returns the published path of an asset."""

    def asset(name: str) -> str:
        return quote(find(files, assets, name).path.as_posix())

    return asset


def inlined(files: SourceFiles, assets: Mapping[str, Asset], edition: Edition) -> Callable[..., Markup]:
    """Return the template function `style(*names, running)`, which returns stylesheets as the content of a <style>
    element. running: the name beside the page number, on every printed page but the first."""
    address = address_of(files, assets)

    def style(*names: str, running: str = "") -> Markup:
        sheets = [minified(find(files, assets, name).content.decode()) for name in names]
        ours = tokens(edition.theme, lambda name: f"/{address(name)}") + page_numbers(edition.theme, running)
        css = "".join([ours, *sheets])
        if "</" in css:
            raise ResumeError(
                str(files.theme), "a stylesheet contains </, which would end the <style> element", "remove it"
            )
        return Markup(css)  # noqa: S704 - a stylesheet of the theme, as trusted as its templates

    return style


def find(files: SourceFiles, assets: Mapping[str, Asset], name: str) -> Asset:
    """Return the asset with a name. Raises ResumeError if there is none."""
    if name not in assets:
        raise ResumeError(
            str(files.theme),
            f"a template uses the asset {name!r}, which does not exist",
            "add the file, or remove the line",
        )
    return assets[name]


def render(files: SourceFiles, environment: Environment, page: str, context: dict[str, object]) -> bytes:
    """Return a page as UTF-8. page: the name of its template. Raises ResumeError if the template is invalid or
    fails."""
    template = f"{page}{TEMPLATE_SUFFIX}"
    try:
        return environment.get_template(template).render(context).encode()
    except TemplateSyntaxError as error:
        where = f"{files.theme / (error.name or template)}:{error.lineno}"
        raise ResumeError(where, f"the template is invalid: {error.message}", "correct that line") from error
    except TEMPLATE_FAULTS as error:
        where = f"{files.theme / template}"
        raise ResumeError(where, f"the template failed: {error}", "correct the template") from error
