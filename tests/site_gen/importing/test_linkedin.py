"""LinkedIn's data export: a zip of CSV files, of which the profile's are read and the private ones are not."""

from __future__ import annotations

import io
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
    assert "private" not in plan.content.decode()
    assert "Hidden" not in plan.content.decode()


def test_a_zip_of_something_else_says_where_the_export_is(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match=r"without Profile\.csv") as caught:
        plan_import(foreign(zipped({"word/document.xml": ""}), "cv.docx"), site)
    assert "Get a copy of your data" in caught.value.next_step


def test_a_csv_that_unzips_to_gigabytes_is_not_read(site: Path, foreign: MakeFile) -> None:
    bomb = zipped({"Profile.csv": "First Name,Last Name\nA,B\n", "Skills.csv": "Name\n" + "x" * 6_000_000})
    with pytest.raises(ResumeError, match="larger than 5 MB"):
        plan_import(foreign(bomb, "export.zip"), site)


def test_an_export_without_a_name_is_refused(site: Path, foreign: MakeFile) -> None:
    with pytest.raises(ResumeError, match="is missing"):
        plan_import(foreign(zipped({"Profile.csv": "Headline\nDev\n"}), "export.zip"), site)
