"""The portrait: only pictures, only from the résumé's folder, nothing overwritten, no larger than needed, no notes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from site_gen.importing.plan import ImportPlan, plan_import
from tests.site_gen.importing.conftest import MakeFile
from tests.site_gen.importing.corpus import data_url, picture
from tests.site_gen.importing.importing import import_resume

TURNED = Image.Exif()
TURNED[0x0110], TURNED[0x0112] = "A camera", 6  # the model, and: turn it by 90 degrees


def opened(plan: ImportPlan) -> Image.Image:
    assert plan.picture
    return Image.open(io.BytesIO(plan.picture.content))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def with_image(image: str) -> dict[str, Any]:
    return {"basics": {"name": "Ada", "image": image}}


def why_not(plan: ImportPlan) -> str:
    assert plan.picture is None
    return next(change.why for change in plan.changes if change.path == ("basics", "image"))


def test_a_link_out_of_the_folder_is_not_followed(site: Path, foreign: MakeFile, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    file = foreign(with_image("me.png"))
    (file.parent / "me.png").symlink_to(tmp_path / "secret.png")
    assert "outside the folder" in why_not(plan_import(file, site))


@pytest.mark.parametrize(
    "image", ["../secret.png", "{folder}/secret.png", "file://{folder}/secret.png", "..\\secret.png"]
)
def test_a_path_out_of_the_folder_is_not_followed(image: str, site: Path, foreign: MakeFile, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    assert "outside the folder" in why_not(plan_import(foreign(with_image(image.format(folder=tmp_path))), site))


@pytest.mark.parametrize("image", ["x" * 5000, "a\u202eb.png", "CON", ".", "me.png/", "~root/me.png"])
def test_impossible_names_are_no_pictures(image: str, site: Path, foreign: MakeFile) -> None:
    assert "is not a file in" in why_not(plan_import(foreign(with_image(image)), site))


def test_an_absolute_path_inside_the_folder_is_fine(site: Path, foreign: MakeFile) -> None:
    file = foreign({}, beside={"me.png": picture()})
    file = foreign(with_image(str(file.parent / "me.png")))
    plan = plan_import(file, site)
    assert plan.picture
    assert plan.picture.name == "images/me.png"


def test_an_existing_picture_is_not_overwritten(site: Path, foreign: MakeFile) -> None:
    (site / "images").mkdir()
    (site / "images/me.png").write_bytes(picture(size=(9, 9)))
    import_resume(foreign(with_image("me.png"), beside={"me.png": picture()}), site)
    assert (site / "images/me.png").read_bytes() == picture(size=(9, 9))
    assert Image.open(io.BytesIO((site / "images/me-2.png").read_bytes())).size == (40, 50)
    again = plan_import(foreign(with_image("me.png"), beside={"me.png": picture()}), site)
    assert again.picture is None, "it is there already"


def test_a_large_photo_is_made_small_and_loses_where_it_was_taken(site: Path, foreign: MakeFile) -> None:
    content = encoded(Image.new("RGB", (3000, 1500), (200, 20, 20)), "JPEG", exif=TURNED)
    plan = plan_import(foreign(with_image("me.jpg"), beside={"me.jpg": content}), site)
    assert plan.picture
    small = Image.open(io.BytesIO(plan.picture.content))
    assert small.size == (600, 1200)
    assert not small.getexif()
    assert "scaled from 3000 × 1500 to 600 × 1200 pixels, without the camera's notes" in plan.picture.told


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "P"), ("PNG", "RGBA"), ("GIF", "P"), ("WEBP", "RGB"), ("JPEG", "L")]
)
def test_every_kind_can_be_made_small(kind: str, mode: str, site: Path, foreign: MakeFile) -> None:
    stream = io.BytesIO()
    Image.new(mode, (1500, 1300)).save(stream, kind)
    plan = plan_import(foreign(with_image(data_url(stream.getvalue(), f"image/{kind.lower()}"))), site)
    assert plan.picture
    assert max(Image.open(io.BytesIO(plan.picture.content)).size) == 1200


def test_a_phones_picture_with_a_second_image_is_its_first(site: Path, foreign: MakeFile) -> None:
    first, second = Image.new("RGB", (40, 50), (200, 20, 20)), Image.new("RGB", (20, 25))
    content = encoded(first, "MPO", save_all=True, append_images=[second])
    picture = opened(plan := plan_import(foreign(with_image("me.jpg"), beside={"me.jpg": content}), site))
    assert plan.picture
    assert (plan.picture.name, picture.format, picture.size) == ("images/me.jpg", "JPEG", (40, 50))
    assert "its first image only" in plan.picture.told


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_no_note_of_a_small_picture_passes(kind: str, site: Path, foreign: MakeFile) -> None:
    """XMP, comments and what is after the end of the image say where it was taken as well as Exif does."""
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": b"at home", "xmp": b"<x:xmpmeta>at home</x:xmpmeta>"},
        "PNG": {"pnginfo": png_notes()},
        "WEBP": {"xmp": b"<x:xmpmeta>at home</x:xmpmeta>"},
        "GIF": {"comment": b"at home"},
    }
    content = encoded(Image.new("RGB", (40, 50)), kind, **options[kind]) + b"at home"
    plan = plan_import(foreign(with_image(data_url(content))), site)
    assert opened(plan).size == (40, 50)
    assert plan.picture
    assert b"at home" not in plan.picture.content
    assert "without the camera's notes" in plan.picture.told


def png_notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "at home")
    return notes


def test_a_profile_of_colours_is_applied(site: Path, foreign: MakeFile) -> None:
    """Without the profile, the colours of a wide-gamut phone picture are dull."""
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = own.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")  # red is green there
    content = encoded(Image.new("RGB", (40, 50), (255, 0, 0)), "PNG", icc_profile=swapped, exif=TURNED)
    picture = opened(plan_import(foreign(with_image(data_url(content))), site)).convert("RGB")
    assert (picture.size, picture.info) == ((50, 40), {})
    red, green, blue = cast("tuple[int, int, int]", picture.getpixel((0, 0)))
    assert green > 200 > red + blue


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (encoded(Image.new("CMYK", (40, 50), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        (encoded(Image.new("I;16", (40, 50), 0x8000), "PNG"), (128, 128, 128)),
        (encoded(Image.new("LA", (40, 50), (128, 128)), "PNG"), (128, 128, 128)),
        (encoded(Image.new("1", (40, 50), 1), "PNG"), (255, 255, 255)),
    ],
)
def test_other_colours_become_the_webs(
    content: bytes, expected: tuple[int, ...], site: Path, foreign: MakeFile
) -> None:
    picture = opened(plan_import(foreign(with_image(data_url(content))), site))
    assert picture.mode in {"RGB", "RGBA", "L"}
    found = cast("tuple[int, int, int]", picture.convert("RGB").getpixel((0, 0)))
    assert max(abs(one - other) for one, other in zip(found, expected, strict=True)) < 4


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_what_is_transparent_stays_so(kind: str, site: Path, foreign: MakeFile) -> None:
    content = encoded(Image.new("RGBA", (40, 50), (0, 0, 0, 0)), kind)
    picture = opened(plan_import(foreign(with_image(data_url(content))), site)).convert("RGBA")
    assert cast("tuple[int, ...]", picture.getpixel((0, 0)))[3] == 0


def test_a_picture_of_too_many_pixels_is_not_decoded(site: Path, foreign: MakeFile) -> None:
    stream = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(stream, "PNG")
    assert "too many" in why_not(plan_import(foreign(with_image(data_url(stream.getvalue()))), site))


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ("data:image/svg+xml,<svg/>", "is not a JPEG"),
        ("data:image/png", "not a complete"),
        ("data:image/png;base64,AAAA", "is not a JPEG"),
        ("data:,", "is not a JPEG"),
    ],
)
def test_what_is_no_picture_is_left_out_with_the_reason(image: str, why: str, site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(with_image(image)), site)
    assert why in why_not(plan)
    import_resume(foreign(with_image(image)), site)
    assert not (site / "images").exists()


def test_base64_with_line_breaks_and_without_padding(site: Path, foreign: MakeFile) -> None:
    url = data_url(picture()).rstrip("=")
    image = url[:60] + "\n " + url[60:]
    assert plan_import(foreign(with_image(image)), site).picture
