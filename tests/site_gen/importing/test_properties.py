"""Whatever a JSON file has in it: an import ends in a valid résumé or in one clear error, and importing that résumé
again changes nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import tostring

import pytest
import yaml
from defusedxml.ElementTree import fromstring
from hypothesis import example, given
from hypothesis import strategies as st

from errors import ResumeError
from site_gen.importing.mending.dates import read_date
from site_gen.importing.mending.links import is_usable, read_url
from site_gen.importing.mending.mend import mend
from site_gen.importing.plan import ImportPlan, plan_import
from site_gen.importing.report import report_lines
from site_gen.resume.dates import is_real_date
from site_gen.resume.reading import check_resume
from tests.fuzz.mutations import NESTED, cut_text, inputs, malformed_json, mutated
from tests.site_gen.importing.corpus import FINE, MENDED
from tests.site_gen.importing.test_linkedin import EXPORT, zipped

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(__file__).with_name("samples")
OWN: dict[str, Any] = json.loads((ROOT / "site" / "resume.json").read_text(encoding="utf-8"))
DOCUMENTS = [OWN, *(case.content for case in (*MENDED, *FINE) if isinstance(case.content, dict))]
RENDERCV = (SAMPLES / "rendercv.yaml").read_text(encoding="utf-8")
EUROPASS = [(SAMPLES / name).read_text(encoding="utf-8") for name in ("europass.xml", "europass_passport.xml")]
TEXTS = [text for case in (*MENDED, *FINE) if (text := case.bytes().decode("latin-1"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("imports")


def planned(folder: Path, content: bytes, name: str = "cv.json") -> ImportPlan | None:
    """Return the plan for a file of this content, None if it is refused with a clear error."""
    file = folder / name
    file.write_bytes(content)
    try:
        plan = plan_import(file, folder / "site")
    except ResumeError as error:
        assert name in error.where
        assert error.what
        assert error.next_step
        str(error).encode()
        return None
    "\n".join(report_lines(plan)).encode()
    return plan


def check_again(folder: Path, plan: ImportPlan | None) -> None:
    """The result is valid, and stays as it is."""
    if plan is None or plan.picture:
        return
    assert check_resume(plan.target, plan.content.decode("utf-8-sig"))["basics"]["name"]
    again = planned(folder, plan.content, "again.json")
    assert again is not None
    assert (again.changes, again.content) == ((), plan.content)


@given(document=inputs(mutated, DOCUMENTS))
def test_a_mutated_resume(folder: Path, document: Any) -> None:
    """Keys, types and values that no editor would write."""
    check_again(folder, planned(folder, json.dumps(document).encode()))


def named(chance: random.Random) -> dict[str, Any]:
    document = mutated(chance, DOCUMENTS)
    basics = document.get("basics") if isinstance(document, dict) else None
    rest = document if isinstance(document, dict) else {"work": document}
    return {**rest, "basics": {**(basics if isinstance(basics, dict) else {}), "name": "Ada"}}


@given(document=inputs(named))
def test_a_json_object_with_a_name_always_comes_in(folder: Path, document: dict[str, Any]) -> None:
    plan = planned(folder, json.dumps(document).encode())
    assert plan is not None
    check_again(folder, plan)


@example(content=NESTED[0].encode())
@example(content=NESTED[1].encode())
@example(content=NESTED[2].encode())
@given(content=inputs(malformed_json, DOCUMENTS))
def test_a_malformed_file(folder: Path, content: bytes) -> None:
    check_again(folder, planned(folder, content))


def cut(chance: random.Random) -> bytes:
    return cut_text(chance, TEXTS).encode("utf-8", "surrogatepass")


@given(content=inputs(cut))
def test_a_damaged_file(folder: Path, content: bytes) -> None:
    check_again(folder, planned(folder, content))


@given(content=inputs(cut), suffix=st.sampled_from(["cv.yaml", "cv.xml", "cv.zip", "cv"]))
def test_a_damaged_file_of_another_name(folder: Path, content: bytes, suffix: str) -> None:
    check_again(folder, planned(folder, content, suffix))


@given(document=inputs(mutated, [yaml.load(RENDERCV, yaml.BaseLoader)]))  # noqa: S506 - makes plain data only
def test_a_mutated_rendercv(folder: Path, document: Any) -> None:
    """Values of every type, as JSON, in which RenderCV's files can be too."""
    check_again(folder, planned(folder, json.dumps(document).encode()))


def cut_rendercv(chance: random.Random) -> bytes:
    return cut_text(chance, [RENDERCV]).encode("utf-8", "surrogatepass")


@given(content=inputs(cut_rendercv))
def test_a_damaged_rendercv(folder: Path, content: bytes) -> None:
    check_again(folder, planned(folder, content, "cv.yaml"))


def mutated_xml(chance: random.Random) -> bytes:
    """Return a Europass file with up to six elements removed, doubled, emptied or with another text."""
    root = fromstring(chance.choice(EUROPASS))
    for _ in range(chance.randint(1, 6)):
        parent = chance.choice([element for element in root.iter() if len(element)] or [root])
        element = chance.choice([*parent, parent])
        change = chance.randrange(4)
        if change == 0 and element is not parent:
            parent.remove(element)
        elif change == 1 and element is not parent:
            parent.append(element)
        elif change == 2:
            element.clear()
        else:
            element.text = chance.choice(["<p>", "<ul><li>a<li>", "2020-13", "true", " ", "x" * 300])
    return tostring(root)


@given(content=inputs(mutated_xml))
def test_a_mutated_europass(folder: Path, content: bytes) -> None:
    check_again(folder, planned(folder, content, "cv.xml"))


def cut_export(chance: random.Random) -> bytes:
    """Return LinkedIn's export with a few tables damaged or missing, and sometimes the zip itself."""
    tables = {name: cut_text(chance, [text]) if chance.random() < 0.4 else text for name, text in EXPORT.items()}
    tables.pop(chance.choice(list(tables)))
    content = zipped({name: text.encode("utf-8", "replace").decode() for name, text in tables.items()})
    at = chance.randrange(len(content))
    return content[:at] + chance.randbytes(2) + content[at + 2 :] if chance.random() < 0.3 else content


@given(content=inputs(cut_export))
def test_a_damaged_export_of_linkedin(folder: Path, content: bytes) -> None:
    check_again(folder, planned(folder, content, "cv.zip"))


@given(text=st.text(max_size=30))
def test_any_text_is_a_real_date_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or is_real_date(found[0])


@given(text=st.one_of(st.text(max_size=40), st.text(max_size=30).map(lambda rest: f"www.example.com/{rest}")))
def test_any_text_is_a_usable_link_or_none(text: str) -> None:
    found = read_url(text)
    assert found is None or is_usable(found)


@given(document=inputs(mutated, DOCUMENTS))
def test_mending_does_not_touch_what_it_is_given(document: Any) -> None:
    before = json.dumps(document)
    mend(document)
    assert json.dumps(document) == before
