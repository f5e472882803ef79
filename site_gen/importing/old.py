"""Imports a résumé into the site folder: validates it first, and backs up the existing one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from errors import ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.folders.source import read_text, walk_files
from site_gen.pipeline import refuse_missing_image, with_own_portrait
from site_gen.resume.reading import check_resume


@dataclass(frozen=True)
class Imported:
    """The result of an import. backup: the copy of the previous résumé, None if there was none. notes: hints for the
    owner."""

    path: Path
    backup: Path | None
    notes: tuple[str, ...]


def import_resume(file: Path, site: Path) -> Imported:
    """Make `file` the résumé of the folder `site`, byte for byte.

    Raises ResumeError, before anything is changed, for a file that is not a valid résumé: every violation by path and
    line.
    """
    text = read_text(file)
    resume, notes = with_own_portrait(check_resume(file, text))
    target = site / "resume.json"
    if file.resolve() == target.resolve():
        raise ResumeError(str(file), "is already the site's own résumé", "name the file to import")
    images = {path.relative_to(site).as_posix() for path in walk_files(site / "images")}
    refuse_missing_image(resume, file, site, images)
    with explain_os_errors(target, "written"):
        site.mkdir(parents=True, exist_ok=True)
        backup = back_up(target)
        beside = target.with_name(".resume.json.new")
        shutil.copyfile(file, beside)
        beside.replace(target)
    return Imported(target, backup, notes)


def back_up(path: Path) -> Path | None:
    """Copy `path` to the first free backup name and return it, so that no earlier backup is lost; None if it does not
    exist."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.stem}.before-{number}{path.suffix}.bak") for number in count(1))
    free = next(name for name in names if not name.exists())
    shutil.copyfile(path, free)
    return free
