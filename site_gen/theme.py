"""The theme's pages, rendered.

Every template `theme/<name>.html.jinja` becomes the page `<name>.html`; one whose name starts with an underscore is a
part that others include. A template sees:

resume     the parsed résumé; what is missing is empty, at any depth
page       the page's own path, "index.html"
canonical  the public address of the front page, or None
asset()    "style.css" → "assets/style.3fa9c1d2e4b5.css"
filters    date, mail_link, phone_link, short_url, paragraphs
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import ChainableUndefined, DictLoader, Environment, TemplateError, TemplateSyntaxError

from errors import ResumeError
from site_gen.dates import format_date
from site_gen.links import mail_link, phone_link, short_url
from site_gen.source import TEMPLATE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.assets import Asset
    from site_gen.resume import Resume
    from site_gen.source import SourceFiles

FRONT_PAGE = "index.html"
# What the code in a template can raise besides Jinja's own errors.
TEMPLATE_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def render_pages(
    files: SourceFiles, resume: Resume, assets: Mapping[str, Asset], canonical: str | None
) -> dict[PurePosixPath, bytes]:
    """Every page of the theme as UTF-8. Raises ResumeError for a theme that cannot be rendered."""
    pages = [name.removesuffix(TEMPLATE_SUFFIX) for name in sorted(files.templates) if is_page(name)]
    if FRONT_PAGE not in pages:
        raise ResumeError(
            str(files.theme),
            f"the theme has no {FRONT_PAGE}{TEMPLATE_SUFFIX}",
            "restore the template of the front page",
        )
    environment = make_environment(files, assets)
    address = canonical.rstrip("/") + "/" if canonical else None
    return {
        PurePosixPath(page): render(files, environment, page, {"resume": resume, "page": page, "canonical": address})
        for page in pages
    }


def is_page(template: str) -> bool:
    return not PurePosixPath(template).name.startswith("_")


def make_environment(files: SourceFiles, assets: Mapping[str, Asset]) -> Environment:
    environment = Environment(
        loader=DictLoader(files.templates),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def asset(name: str) -> str:
        if name not in assets:
            raise ResumeError(
                str(files.theme),
                f"a template asks for the asset {name!r}, which is not there",
                "add it, or drop the line",
            )
        return quote(assets[name].path.as_posix())

    environment.globals["asset"] = asset
    environment.filters |= {
        "date": format_date,
        "mail_link": mail_link,
        "paragraphs": split_paragraphs,
        "phone_link": phone_link,
        "short_url": short_url,
    }
    return environment


def render(files: SourceFiles, environment: Environment, page: str, context: dict[str, object]) -> bytes:
    template = f"{page}{TEMPLATE_SUFFIX}"
    try:
        return environment.get_template(template).render(context).encode()
    except TemplateSyntaxError as error:
        where = f"{files.theme / (error.name or template)}:{error.lineno}"
        raise ResumeError(where, f"the template is invalid: {error.message}", "correct that line") from error
    except TEMPLATE_FAULTS as error:
        where = f"{files.theme / template}"
        raise ResumeError(where, f"the template failed: {error}", "correct the template") from error


def split_paragraphs(text: str) -> list[str]:
    """Texts have blank lines between paragraphs, as in Markdown and e-mail."""
    return [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]
