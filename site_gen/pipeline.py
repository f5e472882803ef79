"""The build of the site, from the site folder to the folder that is uploaded.

1. `source`     reads the folder: resume.json, the theme's templates and assets, the images
2. `resume`     parses resume.json and its translations, normalizes them, then validates them by the JSON Resume schema
                and by `rules`
3. `pictures`   draws the icons and the preview card, `fonts` has the fonts of print, `scripts` prepares the scripts
4. `assets`     gives every stylesheet, script and image a name that contains the hash of its content
5. `theme`      renders each page of the theme with the résumé and those names, and again for each translation
6. `pdf`        prints the front pages, if the caller passes a printer; the pages are then rendered with their link
7. `output`     writes everything beside the destination, then swaps it in

All steps but the last only read, so every problem is reported before the destination changes. A folder without
resume.json but with index.html is a static site of the user's own: `own_site` lists its files and the last step copies
them.

The uploader may rely on this: a file named `assets/<name>.<12 hex digits>.<extension>` never changes under that name.
Every other file can, including the `assets/` folder of a static site of the user's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from errors import OutputError, ResumeError
from site_gen.folders.access import explain_os_errors
from site_gen.folders.output import write_site
from site_gen.folders.own_site import list_own_site
from site_gen.folders.source import is_own_site, read_source
from site_gen.fonts import files_of
from site_gen.pages.assets import at_root, hash_assets
from site_gen.pages.edition import PLAIN, Edition
from site_gen.pages.pictures import pictures_for
from site_gen.pages.scripts import ship_scripts
from site_gen.pages.styles import inline_styles
from site_gen.pages.theme import render_pages
from site_gen.resume.reading import read_resume
from site_gen.resume.translations import resume_files
from site_gen.resume.violations import shorten

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

    from site_gen.folders.output import Contents
    from site_gen.folders.source import SourceFiles
    from site_gen.pages.assets import Asset
    from site_gen.pdf import Printer
    from site_gen.resume.reading import Resume

PDF = PurePosixPath("resume.pdf")


@dataclass(frozen=True)
class BuiltSite:
    """The result of a build.

    folder: the destination. files: every file in it, sorted and relative to it. changed: whether any byte changed.
    inline_styles: hashes that the security policy of these pages has to allow. notes: hints for the owner.
    """

    folder: Path
    files: tuple[PurePosixPath, ...]
    changed: bool
    inline_styles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def build_site(
    source: Path,
    destination: Path,
    edition: Edition = PLAIN,
    *,
    print_pdf: Printer | None = None,
    ignore: Iterable[str] = (),
) -> BuiltSite:
    """Build `source` into `destination`, or leave `destination` unchanged.

    print_pdf: prints the front page as resume.pdf; it may decline, or defer printing and only promise the file.
    ignore: patterns of the files that a static site of the user's own does not publish.

    Raises ResumeError for invalid content and OutputError for files that cannot be read or written.
    """
    refuse_overlap(source, destination)
    planned = plan_site(source, edition, print_pdf, ignore)
    changed = write_site(planned.contents, destination)
    files = tuple(sorted(planned.contents))
    return BuiltSite(destination, files, changed, planned.inline_styles, planned.notes)


@dataclass(frozen=True)
class PlannedSite:
    """Every file of the finished site, before any is written. The other fields are those of `BuiltSite`."""

    contents: Contents
    inline_styles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan_site(
    source: Path, edition: Edition, print_pdf: Printer | None = None, ignore: Iterable[str] = ()
) -> PlannedSite:
    """Return the files of the site in `source`: a résumé's, or those of a static site. Raises as `build_site`."""
    if not is_own_site(source):
        return plan_resume(source, edition, print_pdf)
    own = list_own_site(source, ignore)
    return PlannedSite(own.contents, notes=own.notes)


def plan_resume(source: Path, edition: Edition, print_pdf: Printer | None) -> PlannedSite:
    """Return the files of a site that is generated from a résumé and a theme. Raises ResumeError and OutputError.

    source: the folder with resume.json. print_pdf: None for a site without resume.pdf.
    """
    editions, misnamed = read_editions(source, edition)
    files = read_source(source)
    scripts = ship_scripts(files.assets, [edition.language])  # a translation's page brings its words along
    assets = hash_assets(paper_fonts(files, edition) | scripts | draw_pictures(files, editions[0].resume, edition))
    published = {asset.path: asset.content for asset in assets.values()} | at_root(assets)
    pages: dict[PurePosixPath, bytes] = {}
    for each in editions:
        refuse_missing_image(each.resume, each.file, source, assets)
        pages |= plan_edition(each, files, assets, published, print_pdf)
    notes = (*misnamed, *(note for each in editions for note in each.notes))
    return PlannedSite({**published, **pages}, inline_styles(pages.values()), notes)


@dataclass(frozen=True)
class ResumeEdition:
    """A résumé in one language. notes: hints for the owner."""

    file: Path
    resume: Resume
    notes: tuple[str, ...]
    edition: Edition


def read_editions(source: Path, edition: Edition) -> tuple[tuple[ResumeEdition, ...], tuple[str, ...]]:
    """Return the résumé in every language that the folder `source` has, the site's own language first; and notes about
    files that may be meant as such.

    Raises ResumeError for one that is not valid.
    """
    found, misnamed = resume_files(source, edition.language)
    folders = {language: "" if language == edition.language else f"{language}/" for language in found}
    languages = tuple(folders.items()) if len(found) > 1 else ()
    editions = tuple(
        ResumeEdition(
            file,
            *with_own_portrait(read_resume(file)),
            replace(edition, language=language, folder=folders[language], languages=languages),
        )
        for language, file in found.items()
    )
    return editions, misnamed


def plan_edition(
    each: ResumeEdition,
    files: SourceFiles,
    assets: Mapping[str, Asset],
    published: Contents,
    print_pdf: Printer | None,
) -> dict[PurePosixPath, bytes]:
    """Return the pages of one language, and its PDF if `print_pdf` prints one. published: what the pages refer to."""
    # The print does not depend on the address, so that a first deploy, which learns it late, prints only once; but a
    # QR code does.
    address = each.edition.address if each.edition.theme.qr else None
    anywhere = replace(each.edition, canonical_url=address, folder="", languages=())
    pdf = print_pdf({**published, **render_pages(files, each.resume, assets, anywhere)}) if print_pdf else None
    pages = render_pages(files, each.resume, assets, replace(each.edition, pdf=pdf is not None))
    return {**pages, PurePosixPath(each.edition.folder) / PDF: pdf} if pdf else pages


def paper_fonts(files: SourceFiles, edition: Edition) -> dict[str, bytes]:
    """Return the fonts that `style()` declares, if a template of the theme calls it."""
    return files_of(edition.theme) if any("style(" in text for text in files.templates.values()) else {}


def draw_pictures(files: SourceFiles, resume: Resume, edition: Edition) -> dict[str, bytes]:
    """Return the pictures that the templates use, such as the icon, as asset names and contents."""
    basics = resume["basics"]
    return pictures_for(files.templates.values(), edition.theme, basics["name"], basics.get("label", ""))


def with_own_portrait(resume: Resume) -> tuple[Resume, tuple[str, ...]]:
    """Remove a portrait that is on another site, with a note: the page loads nothing from other sites."""
    basics = resume["basics"]
    if not str(basics.get("image", "")).startswith(("http://", "https://")):
        return resume, ()
    note = (
        f"basics.image is omitted: {shorten(basics['image'])} is on another site, which would see every visit; "
        "save the picture as site/images/portrait.jpg and write images/portrait.jpg instead"
    )
    own = {key: value for key, value in basics.items() if key != "image"}
    return {key: own if key == "basics" else value for key, value in resume.items()}, (note,)


def refuse_overlap(source: Path, destination: Path) -> None:
    """Raise OutputError if a folder contains the other: the build would replace its own source or copy it into
    itself."""
    with explain_os_errors(destination, "read"):
        whole, target = source.resolve(), destination.resolve()
    if target.is_relative_to(whole) or whole.is_relative_to(target):
        raise OutputError(
            str(destination), f"the site cannot be built into its own source, {source}", "choose a folder beside it"
        )


def refuse_missing_image(resume: Resume, file: Path, site: Path, known: Container[str]) -> None:
    """Raise ResumeError unless the portrait is in the site folder: the security policy allows images from its own host
    only."""
    image = resume["basics"].get("image")
    if image and image not in known:
        raise ResumeError(
            f"{file}: basics.image",
            f"{shorten(image)} is not a file of the site",
            f"save the picture in {site / 'images'} and name it here, for instance images/portrait.jpg",
        )
