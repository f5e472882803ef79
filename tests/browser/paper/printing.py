"""Prints résumés, by the product's printer or by a browser that is running already, which takes a fifth of the time."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from settings import DEFAULT_THEME
from site_gen.pages.edition import Edition
from site_gen.pdf import FRONT_PAGE, ChromiumPrinter, find_chromium, with_fonts_inside
from site_gen.pipeline import build_site, plan_site

ROOT = Path(__file__).resolve().parents[3]
NO_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir prefix="relative">cache</cachedir></fontconfig>
"""
"""The configuration of a machine without fonts."""

PERIOD = re.compile(r'<p class="period">(.*?)</p>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def edition(language: str = "en", **choices: Any) -> Edition:
    """Return an edition of the default theme with these choices."""
    return Edition(theme=replace(DEFAULT_THEME, **choices), language=language)


def source(folder: Path, resume: dict[str, Any]) -> Path:
    """Return a new site folder with the project's theme and this résumé."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "site" / "theme", folder / "theme", dirs_exist_ok=True)
    (folder / "resume.json").write_text(json.dumps(resume), encoding="utf-8")
    return folder


def printed(folder: Path, resume: dict[str, Any], wanted: Edition, said: list[str] | None = None) -> bytes | None:
    """Return resume.pdf as a deploy makes it, None if there is none. said: receives the printer's lines."""
    lines: list[str] = [] if said is None else said
    printer = ChromiumPrinter(folder / "kept", find_chromium(), lines.append)
    site = build_site(source(folder / "source", resume), folder / "site", wanted, print_pdf=printer)
    assert said is not None or lines == []
    file = site.folder / "resume.pdf"
    return file.read_bytes() if file.exists() else None


def front_page(folder: Path, resume: dict[str, Any], wanted: Edition) -> Path:
    """Write the front page as the printer opens it, and return its file."""
    contents = plan_site(source(folder / "source", resume), wanted).contents
    file = folder / "index.html"
    file.write_bytes(with_fonts_inside({**contents}))
    assert FRONT_PAGE in contents
    return file


def by_browser(page: Page, file: Path) -> bytes:
    """Print a page in a browser that is running."""
    page.goto(file.as_uri())
    return page.pdf(prefer_css_page_size=True, tagged=True, outline=True)


def job_periods(file: Path) -> list[str]:
    """Return the periods of jobs on a page, in its order, as texts."""
    jobs = file.read_text(encoding="utf-8").partition('aria-labelledby="work"')[2].partition("</section>")[0]
    return [unescape(TAG.sub("", found)) for found in PERIOD.findall(jobs)]
