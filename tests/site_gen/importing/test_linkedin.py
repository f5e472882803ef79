"""LinkedIn's data export: a zip of CSV files, of which the profile's are read and the private ones are not."""

from __future__ import annotations

import io
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from errors import ResumeError
from site_gen.importing.plan import plan_import
from tests.site_gen.importing.conftest import MakeFile, document_of

SAMPLES = Path(__file__).with_name("samples") / "linkedin"
EXPORT = {path.name: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.csv"))}


def zipped(files: dict[str, str], folder: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(folder + name, text)
    return stream.getvalue()


@pytest.mark.parametrize("folder", ["", "Complete_LinkedInDataExport_11-28-2026/"])
def test_linkedin(folder: str, site: Path, foreign: MakeFile) -> None:
    plan = plan_import(foreign(zipped(EXPORT, folder), "export.zip"), site)
    resume = document_of(plan)
    assert resume["basics"] == {
        "name": "Ada Example",
        "label": "Engineer",
        "email": "ada@example.com",
        "phone": "+43 1 234",
        "url": "https://example.com",
        "summary": "Calm,\nsteady.",
        "location": {"city": "Vienna, Austria"},
        "profiles": [
            {"network": "Blog", "url": "https://blog.example.com"},
            {"network": "X", "username": "ada", "url": "https://x.com/ada"},
        ],
    }
    assert resume["work"] == [
        {
            "name": "Acme",
            "position": "Lead",
            "location": "Vienna",
            "startDate": "2020-03",
            "summary": "Ran it.",
            "highlights": ["One", "Two"],
        },
        {"name": "Before", "position": "Dev", "location": "Graz", "startDate": "2018-01", "endDate": "2020-02"},
    ]
    assert resume["education"][0]["courses"] == ["Choir"]
    assert resume["skills"] == [{"name": "Python"}, {"name": "SQL"}]
    assert resume["certificates"] == [
        {"name": "CKA", "issuer": "CNCF", "url": "https://www.example.com", "date": "2022-11"}
    ]
    assert resume["volunteer"][0]["summary"] == "Science"
    assert resume["awards"] == [{"title": "Prize", "date": "2023-12", "summary": "For calm."}]
    assert resume["publications"] == [{"name": "On Calm", "publisher": "Journal", "releaseDate": "2019-05"}]
    assert resume["references"] == [{"name": "Bo Boss, CTO, Acme", "reference": "Calm."}]
    assert plan.unread == (
        "Certifications.csv: License Number",
        "Email Addresses.csv: Email Address",
        "Profile.csv: Birth Date",
        "Profile.csv: Industry",
        "Profile.csv: Zip Code",
    )
    assert "private" not in plan.content.decode()
    assert "Hidden" not in plan.content.decode()


def test_tables_without_a_place_are_told(site: Path, foreign: MakeFile) -> None:
    tables = {"Courses.csv": "Name,Number\nCalm,1\n", "Patents.csv": "Title\n", "Causes.csv": "Name\nx\n"}
    plan = plan_import(foreign(zipped({"Profile.csv": "First Name\nAda\n", **tables}), "export.zip"), site)
    assert plan.unread == ("Courses.csv",)


def test_a_zip_of_something_else_says_where_the_export_is(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match=r"without Profile\.csv") as caught:
        plan_import(foreign(zipped({"word/document.xml": ""}), "cv.docx"), site)
    assert "Get a copy of your data" in caught.value.next_step


def test_a_csv_that_unzips_to_gigabytes_is_not_read(site: Path, foreign: MakeFile) -> None:
    bomb = zipped({"Profile.csv": "First Name,Last Name\nA,B\n", "Skills.csv": "Name\n" + "x" * 6_000_000})
    with pytest.raises(ResumeError, match="larger than 5 MB"):
        plan_import(foreign(bomb, "export.zip"), site)


PROFILE = ("Profile.csv", "First Name,Last Name\nA,B\n")


def zipped_pairs(*files: tuple[str, str]) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, text in files:
            archive.writestr(name, text)
    return stream.getvalue()


BOMBS = {
    "one table many times": (PROFILE, *[("Skills.csv", "Name\n" + "x\n" * 1000)] * 300),
    "many large tables": (PROFILE, *((name, ("x" * 99_999 + "\n") * 30) for name in ("Skills.csv", "Honors.csv"))),
    "many rows": (PROFILE, ("Positions.csv", "Title\n" + "x\n" * 1_240_000)),
    "many empty rows": (PROFILE, ("Positions.csv", "Title,Location\n" + ",\n" * 1_240_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_fast(name: str, site: Path, foreign: MakeFile) -> None:
    file = foreign(zipped_pairs(*BOMBS[name]), "export.zip")
    started = time.monotonic()
    with pytest.raises(ResumeError, match=r"twice|larger than|more rows"):
        plan_import(file, site)
    assert time.monotonic() - started < 5


def test_a_finders_notes_beside_a_table_are_not_a_second_one(site: Path, foreign: MakeFile) -> None:
    """macOS puts them into every zip that it makes."""
    file = foreign(zipped_pairs(PROFILE, ("__MACOSX/._Profile.csv", "\0\5\26\7")), "export.zip")
    assert document_of(plan_import(file, site))["basics"] == {"name": "A B"}


def test_a_damaged_zip_is_one_error(site: Path, foreign: MakeFile) -> None:
    whole = zipped(dict([PROFILE]))
    start = whole.index(b"Profile.csv") + len("Profile.csv")
    for at in range(start, start + 25):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        with pytest.raises(ResumeError, match="cannot be unzipped"):
            plan_import(foreign(damaged, "export.zip"), site)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_packed_by_another_method_is_one_error(method: int, site: Path, foreign: MakeFile) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(*PROFILE)
    with pytest.raises(ResumeError, match=r"Profile\.csv is packed"):
        plan_import(foreign(stream.getvalue(), "export.zip"), site)


def test_an_export_without_a_name_is_refused(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match="is missing"):
        plan_import(foreign(zipped({"Profile.csv": "Headline\nDev\n"}), "export.zip"), site)
