"""The résumé in several languages: `resume.fr.json` beside `resume.json` becomes the folder /fr/ of the site."""

from __future__ import annotations

import re
from pathlib import Path

from errors import ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.languages.formats import is_language

RESUME = "resume.json"
TRANSLATION = re.compile(r"resume\.([\w-]+)\.json", re.IGNORECASE)


def resume_files(site: Path, language: str) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return language → file of every résumé in the folder `site`, that of the site's own `language` first; and a note
    for each file that is named like a translation, but by no language.

    Raises ResumeError for a translation into the language of resume.json.
    """
    with explain_os_errors(site, "read"):
        names = sorted(path.name for path in site.iterdir())
    found = {match[1]: site / name for name in names if (match := TRANSLATION.fullmatch(name))}
    translations = {tag: file for tag, file in found.items() if is_language(tag)}
    for tag, file in translations.items():
        _refuse_repeated(file, tag, language)
    notes = tuple(
        f"{file} is not published: {tag} is no language tag; name it like resume.fr.json or resume.pt-BR.json"
        for tag, file in found.items()
        if tag not in translations
    )
    return {language: site / RESUME, **translations}, notes


def _refuse_repeated(file: Path, language: str, own: str) -> None:
    if language.lower() == own.lower():
        raise ResumeError(
            str(file),
            f"{RESUME} is in this language too: site.language is {own}",
            f"remove one, or correct site.language in settings.toml to the language of {RESUME}",
        )
