"""The résumé in several languages: `resume.fr.json` beside `resume.json` becomes the folder /fr/ of the site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.languages.formats import language_name

if TYPE_CHECKING:
    from collections.abc import Iterator

RESUME = "resume.json"
TRANSLATION = re.compile(r"resume\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.json")


def resume_files(site: Path, language: str) -> dict[str, Path]:
    """Return language → file of every résumé in the folder `site`, that of the site's own `language` first.

    Raises ResumeError for a file whose name has no language, or that of resume.json.
    """
    return {language: site / RESUME, **dict(_translations(site, language))}


def _translations(site: Path, language: str) -> Iterator[tuple[str, Path]]:
    with explain_os_errors(site, "read"):
        names = sorted(path.name for path in site.iterdir())
    for name in names:
        match = TRANSLATION.fullmatch(name)
        if match:
            _refuse_unknown(site / name, match[1])
            _refuse_repeated(site / name, match[1], language)
            yield match[1], site / name


def _refuse_unknown(file: Path, language: str) -> None:
    try:
        language_name(language)
    except LookupError as error:
        raise ResumeError(
            str(file), f"there is no language {language}", "name it by a language tag, such as resume.fr.json"
        ) from error


def _refuse_repeated(file: Path, language: str, own: str) -> None:
    if language.lower() == own.lower():
        raise ResumeError(
            str(file),
            f"{RESUME} is in this language too: site.language is {own}",
            f"remove one, or correct site.language in settings.toml to the language of {RESUME}",
        )
