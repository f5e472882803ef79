"""The portrait: a file beside the résumé, or one inside it as a `data:` URL → a picture in the site's folder.

Only what Pillow can decode is taken, and only from the folder of the résumé. A picture is encoded anew: one larger than
the page needs is scaled down, and the camera's notes (the place, the time) are gone, because the page is public.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from PIL import Image, ImageCms, ImageOps

from site_gen.folders.access import explain_os_errors
from site_gen.importing.mending.change import Change, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = ("basics", "image")
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
"""Pillow's name of a format → suffix. Every browser shows these."""

LARGEST = 20_000_000
"""Bytes of a picture."""

MOST_PIXELS = 60_000_000
WIDEST = 1200
"""Pixels of the longer side; the page shows a portrait at a fraction of that."""

QUALITY = 90
"""Of a JPEG or WebP."""

NOTES = {"comment", "Comment", "xmp", "XML:com.adobe.xmp"}
"""Pillow's names of the parts in which notes are, besides Exif."""

AT_ROOT = ("", "public/", "static/")
"""Folders from which generators of sites serve "/me.jpg"."""

DATA = re.compile(r"data:(?P<type>[^,;]*)(?P<options>(?:;[^,;]*)*),(?P<content>.*)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A picture for the site. name: its path in the site folder. told: where it is from, and what was done to it."""

    name: str
    content: bytes
    told: str


class NoPictureError(Exception):
    """The message says why there is no picture."""


@dataclass(frozen=True)
class Portrait:
    """The document with its portrait in the site, the picture to copy (None if there is none), and the changes."""

    document: Any
    picture: Picture | None = None
    changes: tuple[Change, ...] = ()


def bring_portrait(document: Any, folder: Path, site: Path, images: Iterable[str]) -> Portrait:
    """Find the portrait that the document names. A picture on the web stays as it is: the build leaves it out.

    folder: that of the résumé. site: the site folder. images: the pictures that are there, relative to it.
    """
    basics = document.get("basics") if isinstance(document, dict) else None
    image = basics.get("image") if isinstance(basics, dict) else None
    if not isinstance(image, str) or not image.strip() or image.lower().startswith(("http://", "https://")):
        return Portrait(document)
    known = set(images)
    try:
        content, source = _content(image.strip(), folder, site, known)
    except NoPictureError as error:
        return Portrait(_with_image(document, None), None, (_dropped(image, str(error)),))
    if content is None:
        return Portrait(document)
    try:
        suffix, ready, done = _prepared(content)
    except NoPictureError as error:
        return Portrait(_with_image(document, None), None, (_dropped(image, str(error)),))
    name = _free_name(site, _stem(image), suffix, ready)
    told = f"{name} from {source}{done}"
    picture = None if name in known and _same(site / name, ready) else Picture(name, ready, told)
    return Portrait(_with_image(document, name), picture, (Change(PATH, image, name),) if name != image else ())


def _dropped(image: str, why: str) -> Change:
    return Change(PATH, image, None, why, Kind.DROPPED)


def _with_image(document: dict[str, Any], image: str | None) -> dict[str, Any]:
    basics = {key: value for key, value in document["basics"].items() if key != "image" or image}
    if image:
        basics["image"] = image
    return {**document, "basics": basics}


def _content(image: str, folder: Path, site: Path, known: set[str]) -> tuple[bytes | None, str]:
    """Return the bytes of the picture and where they are from; None for one that is in the site already."""
    if image.lower().startswith("data:"):
        return _from_data(image), "the file itself"
    path = _beside(image, folder)
    if image in known and path in {None, (site / image).resolve()}:
        return None, ""
    if path is None:
        raise NoPictureError(f"is not a file in {folder}, the folder of the résumé")
    with explain_os_errors(path, "read"):
        if path.stat().st_size > LARGEST:
            raise NoPictureError(f"is larger than {LARGEST // 1_000_000} MB")
        return path.read_bytes(), image


def _beside(image: str, folder: Path) -> Path | None:
    """Return the file that the picture's path means, None if there is none. Raises NoPictureError for one outside the
    folder of the résumé, also by a link."""
    plain = urlsplit(image).path if image.lower().startswith("file:") else image
    root = folder.resolve()
    if plain.replace("\\", "/").startswith("//"):  # another machine's folder, on Windows
        raise NoPictureError("is outside the folder of the résumé, from where no file is taken")
    try:
        names = dict.fromkeys((plain, unquote(plain), *(f"{place}{plain.lstrip('/')}" for place in AT_ROOT)))
        paths = [path.resolve() for name in names if (path := root / name.replace("\\", "/")).is_file()]
    except (OSError, ValueError, RuntimeError):  # a name that no file can have
        return None
    inside = [path for path in paths if path.is_relative_to(root)]
    if paths and not inside:
        raise NoPictureError("is outside the folder of the résumé, from where no file is taken")
    return inside[0] if inside else None


def _from_data(image: str) -> bytes:
    found = DATA.fullmatch(image)
    if not found:
        raise NoPictureError("is not a complete data: URL")
    content = unquote_to_bytes(re.sub(r"\s", "", found["content"]))
    if ";base64" not in found["options"].lower():
        return content
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    except binascii.Error as error:
        raise NoPictureError("is a data: URL whose base64 is damaged") from error


def _prepared(content: bytes) -> tuple[str, bytes, str]:
    """Return suffix, bytes and what was done. Raises NoPictureError for what is not a picture."""
    if len(content) > LARGEST:
        raise NoPictureError(f"is larger than {LARGEST // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture: Image.Image = Image.open(io.BytesIO(content), formats=list(SUFFIXES))
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPictureError(f"has {picture.width} × {picture.height} pixels, too many for a portrait")
            kind = str(picture.format).replace("MPO", "JPEG")  # of a phone: a JPEG with a second image after it
            picture.load()
            ready, done = _encoded(picture, kind)
    except NoPictureError:
        raise
    except Exception as error:  # Pillow's decoders raise errors of many kinds for a damaged file
        raise NoPictureError("is not a JPEG, PNG, WebP or GIF picture, or is damaged") from error
    return SUFFIXES[kind], ready, done


def _encoded(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    """Return the picture upright, no larger than `WIDEST`, in the colours of the web, and what was done. It is always
    encoded anew: places and names can be in many parts of a file, also after the end of the image."""
    had_notes, size = bool(picture.getexif() or picture.info.keys() & NOTES), picture.size
    upright = _in_web_colours(ImageOps.exif_transpose(picture))
    upright.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    plain = Image.new(upright.mode, upright.size)
    plain.paste(upright)
    stream = io.BytesIO()
    plain.save(stream, kind, quality=QUALITY, optimize=True)
    done = {
        f"scaled from {size[0]} × {size[1]} to {plain.width} × {plain.height} pixels": max(size) > WIDEST,
        "its first image only": getattr(picture, "n_frames", 1) > 1,
        "without the camera's notes": had_notes,
    }
    return stream.getvalue(), "".join(f", {what}" for what, is_so in done.items() if is_so)


def _in_web_colours(picture: Image.Image) -> Image.Image:
    """Return the picture as grey, RGB or RGBA in sRGB, which a browser takes it for without a profile."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = picture if picture.mode in {"L", "CMYK"} and mode == "RGB" else picture.convert(mode)
    if profile := picture.info.get("icc_profile"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # a damaged profile, or one of other colours
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"), outputMode=mode) or plain
    return plain if plain.mode == "L" else plain.convert(mode)


def _stem(image: str) -> str:
    """Return the picture's name without suffix, of characters that are safe in a URL."""
    if image.lower().startswith("data:"):
        return "portrait"
    name = PurePosixPath(unquote(image.replace("\\", "/"))).stem
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "portrait"


def _free_name(site: Path, stem: str, suffix: str, content: bytes) -> str:
    """Return a path in the site that is free, or has this very picture. An existing one is never overwritten."""
    number = 1
    while True:
        name = f"images/{stem}{f'-{number}' if number > 1 else ''}{suffix}"
        if not (site / name).exists() or _same(site / name, content):
            return name
        number += 1


def _same(path: Path, content: bytes) -> bool:
    with explain_os_errors(path, "read"):
        return path.is_file() and path.read_bytes() == content
