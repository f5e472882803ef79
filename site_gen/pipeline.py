"""From the site folder to the folder that is uploaded.

1. `source`     reads the folder: resume.json, the theme's templates and assets, the images
2. `resume`     parses resume.json, then holds it to the JSON Resume schema and to `rules`
3. `assets`     gives every stylesheet, script and image a name that carries the hash of its content
4. `theme`      renders each page of the theme with the résumé and those names
5. `output`     writes everything beside the destination, then swaps it in

Steps 1 to 4 only read, so whatever is wrong is said before the destination is touched. A folder without
resume.json but with index.html is somebody's own static site: `own_site` lists its files and step 5 copies them.

What the uploader may rely on: a file named `assets/<name>.<12 hex digits>.<extension>` never changes under that name.
Every other file can, the `assets/` folder of somebody's own site included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from errors import OutputError, ResumeError
from site_gen.access import explain_os_errors
from site_gen.assets import hash_assets
from site_gen.output import write_site
from site_gen.own_site import list_own_site
from site_gen.resume import read_resume
from site_gen.source import read_source
from site_gen.theme import render_pages
from site_gen.violations import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from site_gen.assets import Asset
    from site_gen.output import Contents
    from site_gen.resume import Resume


@dataclass(frozen=True)
class BuiltSite:
    """What a build left behind.

    folder: the destination. files: every file in it, sorted and relative to it. changed: whether any byte moved.
    """

    folder: Path
    files: tuple[PurePosixPath, ...]
    changed: bool


def build_site(source: Path, destination: Path, *, canonical_url: str | None = None) -> BuiltSite:
    """Build `source` into `destination`, or leave `destination` exactly as it was.

    canonical_url: the public address of the front page, https://example.com/, for the page's head.
    Raises ResumeError for content that is wrong and OutputError for files that cannot be read or written.
    """
    refuse_overlap(source, destination)
    contents = plan_site(source, canonical_url)
    changed = write_site(contents, destination)
    return BuiltSite(destination, tuple(sorted(contents)), changed)


def plan_site(source: Path, canonical_url: str | None) -> Contents:
    """Every file of the finished site, without writing one."""
    with explain_os_errors(source, "read"):
        is_folder = source.is_dir()
        has_resume = (source / "resume.json").exists()
        has_index = (source / "index.html").exists()
    if not is_folder:
        raise ResumeError(str(source), "there is no such folder", "name the folder that holds resume.json")
    if has_resume:
        return plan_resume(source, canonical_url)
    if has_index:
        return list_own_site(source)
    raise ResumeError(
        str(source),
        "the folder has neither resume.json nor index.html",
        "put a resume.json in it (https://jsonresume.org/schema), or a static site of your own with an index.html",
    )


def plan_resume(source: Path, canonical_url: str | None) -> Contents:
    resume = read_resume(source / "resume.json")
    files = read_source(source)
    assets = hash_assets(files.assets)
    refuse_missing_image(resume, source, assets)
    pages = render_pages(files, resume, assets, canonical_url)
    return {**{asset.path: asset.content for asset in assets.values()}, **pages}


def refuse_overlap(source: Path, destination: Path) -> None:
    """A destination around the source would replace it; one inside it would be copied into itself."""
    with explain_os_errors(destination, "read"):
        whole, target = source.resolve(), destination.resolve()
    if target.is_relative_to(whole) or whole.is_relative_to(target):
        raise OutputError(
            str(destination), f"the site cannot be built into its own source, {source}", "choose a folder beside it"
        )


def refuse_missing_image(resume: Resume, source: Path, assets: Mapping[str, Asset]) -> None:
    """The portrait must lie in the site folder: the page's security policy loads images from its own host only."""
    image = resume["basics"].get("image")
    if image and image not in assets:
        raise ResumeError(
            f"{source / 'resume.json'}: basics.image",
            f"{shorten(image)} is not a file of the site",
            f"save the picture in {source / 'images'} and name it here, for instance images/portrait.jpg",
        )
