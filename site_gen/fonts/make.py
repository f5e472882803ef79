"""Regenerates the font files: `python -m site_gen.fonts.make`, after `pip install -r requirements/fonts.txt`; needs
npm.

Each package is the one that `sources.json` pins, and its tarball must match the hash there. A cut is reduced to
`UNICODES` and the features that a résumé needs, renamed, and written as WOFF2; then its hash is recorded in
`sources.json`. The same sources and tools give the same bytes: a run without changes leaves the working tree clean.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_gen.fonts import FOLDER, SOURCES, UNICODES, families

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FEATURES = ["kern", "liga", "clig", "calt", "ccmp", "locl", "mark", "mkmk", "rlig", "tnum"]
KEPT_NAMES = [0, 1, 2, 4, 6, 13, 14]
"""Copyright, names, licence and its URL. Source: OpenType, "name", Name IDs."""


def main() -> None:
    """Download the families, make a font file of each cut, and record their hashes in the file of sources."""
    sources = json.loads(SOURCES.read_text(encoding="utf-8"))
    for choice, source in sources["families"].items():
        with tempfile.TemporaryDirectory() as folder:
            package = fetch(source, Path(folder))
            family = families()[choice]
            (FOLDER / Path(family.licence).name).write_bytes((package / "LICENSE_FONT").read_bytes())
            for cut, file in source["files"].items():
                made = make(package / file["from"], f"{family.name} {cut}")
                (FOLDER / family.file(cut)).write_bytes(made)
                file["sha256"] = hashlib.sha256(made).hexdigest()
    SOURCES.write_text(json.dumps(sources, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def fetch(source: dict[str, Any], folder: Path) -> Path:
    """Download and unpack the package in `folder`, and return its path. Exit with an error if its hash is not the
    pinned one."""
    wanted = f"{source['package']}@{source['version']}"
    packed = subprocess.run(
        ["npm", "pack", "--silent", wanted],  # noqa: S607 - found on the user's PATH
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    tarball = folder / packed.stdout.strip()
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if f"sha512-{found}" != source["integrity"]:
        sys.exit(
            f"error: {wanted} does not match the hash in {SOURCES}\n  next: find out why before changing that file"
        )
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def make(original: Path, name: str) -> bytes:
    """Return `original`, a TrueType font, as the WOFF2 file to bundle."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(
        layout_features=FEATURES, name_IDs=KEPT_NAMES, hinting=False, notdef_outline=True, flavor="woff2"
    )
    font = TTFont(original, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(UNICODES.replace("U+", "")))
    subsetter.subset(font)
    rename(font, name)
    with tempfile.TemporaryDirectory() as folder:
        subset.save_font(font, Path(folder, "made"), options)
        return Path(folder, "made").read_bytes()


def rename(font: TTFont, name: str) -> None:
    """Set the names inside the font file too: see `Family.name`."""
    table = font["name"]
    for identifier, text in {1: name, 2: "Regular", 4: name, 6: name.replace(" ", "-")}.items():
        table.removeNames(nameID=identifier)
        table.setName(text, identifier, 3, 1, 0x409)


if __name__ == "__main__":
    main()
