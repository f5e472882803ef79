"""The import of a résumé, as a plan first: nothing is written before all of it is known to be right.

1. `formats` reads the file, whatever it is, as a JSON Resume document
2. `mending` repairs what is plain and leaves out what cannot be used; every change is noted
3. `pictures` finds the portrait, `language` the language
4. the result is validated as the build validates it; only what is not a résumé is refused
5. `carry_out` writes the picture and the résumé, and keeps the previous one as a backup

A file in which nothing had to be changed comes in byte for byte.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from errors import ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.folders.source import walk_files
from site_gen.importing.formats.reading import FORMATS, read_source
from site_gen.importing.language import language_of
from site_gen.importing.mending.keys import UnknownKey, unknown_keys
from site_gen.importing.mending.leftovers import violations_of
from site_gen.importing.mending.mend import mend
from site_gen.importing.mending.shape import properties, schema
from site_gen.importing.pictures import Picture, bring_portrait
from site_gen.pipeline import refuse_missing_image, with_own_portrait
from site_gen.resume.normalization import compact, normal
from site_gen.resume.translations import RESUME, TRANSLATION
from site_gen.resume.violations import explain_violations, format_path

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.importing.formats.source import Source
    from site_gen.importing.mending.change import Change
    from site_gen.resume.reading import Resume


ROUNDS = 4
"""At most; a second round nearly always finds nothing."""


@dataclass(frozen=True)
class ImportPlan:
    """What an import does. target: resume.json, or the site's translation that the file is (resume.fr.json). content:
    its new bytes. is_own: the file is the target. language: of the résumé, "" if it is not certain. unread: parts of
    another format that have no place here."""

    file: Path
    target: Path
    format: str
    content: bytes
    changes: tuple[Change, ...]
    unknown: tuple[UnknownKey, ...]
    unread: tuple[str, ...]
    picture: Picture | None
    language: str
    notes: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True)
class Imported:
    """The result of an import. backup: the copy of the previous résumé, None if there was none. notes: hints for the
    owner."""

    path: Path
    backup: Path | None
    notes: tuple[str, ...]


def plan_import(file: Path, site: Path) -> ImportPlan:
    """Return what importing `file` into the folder `site` would do; nothing is changed.

    Raises ResumeError for a file that is not a résumé in any of the formats, and for the site's own if it needs
    nothing; OutputError for one that cannot be read.
    """
    try:
        return _plan(file, site)
    except RecursionError as error:
        raise ResumeError(str(file), "nested too deeply", "a résumé needs only a few levels") from error


def _plan(file: Path, site: Path) -> ImportPlan:
    source = read_source(file)
    images = {path.relative_to(site).as_posix() for path in walk_files(site / "images")}
    document, mended, picture = _mended(source.document, file.parent, site, images)
    require_resume(file, document, source)
    changes = (*source.changes, *mended)
    resume, notes = with_own_portrait(compact(normal(document)))
    refuse_missing_image(resume, file, site, images | ({picture.name} if picture else set()))
    target = _target(file, site)
    is_own = file.resolve() == target.resolve()
    if is_own and not changes and source.verbatim is not None:
        what = "is already the site's own résumé, with nothing to mend"
        raise ResumeError(str(file), what, "name the file to import")
    language, more_notes = _language(resume, source.language, target)
    return ImportPlan(
        file,
        target,
        source.format,
        source.verbatim if source.verbatim is not None and not changes else written(document),
        changes,
        tuple(unknown_keys(document)),
        source.unread,
        picture,
        language,
        (*notes, *more_notes),
        is_own,
    )


def _target(file: Path, site: Path) -> Path:
    """Return the résumé to replace: the file itself if it is one of the site's translations, else resume.json."""
    is_translation = file.resolve().parent == site.resolve() and TRANSLATION.fullmatch(file.name)
    return site / (file.name if is_translation else RESUME)


def _mended(document: Any, folder: Path, site: Path, images: set[str]) -> tuple[Any, list[Change], Picture | None]:
    """Mend until nothing is left to do: what is left out in one round can make place for a mistyped key in the next."""
    every: list[Change] = []
    picture: Picture | None = None
    for _ in range(ROUNDS):
        document, changes = mend(document)
        if not picture:
            portrait = bring_portrait(document, folder, site, images)
            document, picture = portrait.document, portrait.picture
            changes += portrait.changes
        every += changes
        if not changes:
            break
    return document, every, picture


def _language(resume: Resume, declared: str, target: Path) -> tuple[str, tuple[str, ...]]:
    """Return the language to set, and a note if it is known and not set: the site can have another résumé in it
    (resume.fr.json). A translation sets none."""
    language = language_of(resume, declared) if target.name == RESUME else ""
    other = f"resume.{language}.json"
    if not language or not target.with_name(other).exists():
        return language, ()
    step = f"to make it {language}, remove {other} and import this file again"
    return "", (f"the text is in {language}, as is {other}: site.language stays as it is; {step}",)


def written(document: Any) -> bytes:
    """Return the document as the text of a JSON file."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def require_resume(file: Path, document: Any, source: Source) -> None:
    """Raise ResumeError unless the mended document is a résumé with a name."""
    sections = properties(schema()).keys() - {"$schema", "meta"}
    if not isinstance(document, dict) or not document.keys() & sections:
        what = f"read as {source.format}, it has none of the sections of a résumé ({', '.join(sorted(sections))})"
        raise ResumeError(str(file), what, f"give {FORMATS}; see https://jsonresume.org/schema")
    if violations := violations_of(document):
        if source.text:
            raise explain_violations(file, source.text, violations)
        where = f"{file}: {format_path(violations[0].path)}"
        raise ResumeError(where, violations[0].problem, f"allowed: {violations[0].allowed}")


def carry_out(plan: ImportPlan) -> Imported:
    """Write the picture and the résumé, and keep the previous one. Raises OutputError, and then leaves nothing new."""
    target = plan.target
    made: list[Path] = []
    try:
        with explain_os_errors(target, "written"):
            target.parent.mkdir(parents=True, exist_ok=True)
            if plan.picture:
                path = target.parent / plan.picture.name
                path.parent.mkdir(exist_ok=True)
                made.append(path)
                path.write_bytes(plan.picture.content)
            beside = target.with_name(f".{target.name}.new")
            made.append(beside)
            beside.write_bytes(plan.content)
            backup = back_up(target)
            made += [backup] if backup else []
            beside.replace(target)
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.unlink()
        raise
    return Imported(target, backup, plan.notes)


def back_up(path: Path) -> Path | None:
    """Copy `path` to the first free backup name and return it, so that no earlier backup is lost; None if it does not
    exist."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.stem}.before-{number}{path.suffix}.bak") for number in count(1))
    free = next(name for name in names if not name.exists())
    shutil.copyfile(path, free)
    return free
