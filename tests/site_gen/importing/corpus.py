"""Résumés with the oddities of files found in the wild, each with what must become of it. All of them are made up."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

NAME = {"name": "Ada Example"}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 50)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (12, 107, 96)).save(stream, kind)
    return stream.getvalue()


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@dataclass(frozen=True)
class Case:
    """A file. content: a document, or the bytes of the file. expected: path → value after the import. told: texts that
    the report has. beside: other files in its folder."""

    name: str
    content: Any
    expected: dict[str, Any]
    told: tuple[str, ...] = ()
    beside: dict[str, bytes] = field(default_factory=dict)

    def bytes(self) -> bytes:
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content, ensure_ascii=False, indent=1).encode()


def basics(**keys: Any) -> dict[str, Any]:
    return {"basics": {**NAME, **keys}}


def job(**keys: Any) -> dict[str, Any]:
    return {"basics": NAME, "work": [{"name": "Acme", **keys}]}


def period(start: str, end: str, *, mended: tuple[str | None, str | None], told: str = "") -> Case:
    expected = {"work.0.startDate": mended[0], "work.0.endDate": mended[1]}
    return Case(f"{start} to {end}", job(startDate=start, endDate=end), expected, (told,) if told else ())


def url(written: str, meant: str | None) -> Case:
    return Case(f"url {written}", basics(url=written), {"basics.url": meant}, ("basics.url",))


MENDED = [
    # links
    url("www.example.com", "https://www.example.com"),
    url("example.com/me", "https://example.com/me"),
    url("//example.com", "https://example.com"),
    url("http//example.com", "http://example.com"),
    url("htps:/example.com", "https://example.com"),
    url("https:/example.com", "https://example.com"),
    url("https://example.com/<user>", "https://example.com/%3Cuser%3E"),
    url("https://example.com/my page", "https://example.com/my%20page"),
    url("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
    url("[me](https://example.com)", "https://example.com"),
    url("ada@example.com", "mailto:ada@example.com"),
    url("javascript:alert(1)", None),
    url("/ada/index.html", None),
    Case(
        "a profile without a scheme",
        basics(profiles=[{"network": "GitHub", "username": "ada", "url": "github.com/ada"}]),
        {"basics.profiles.0.url": "https://github.com/ada"},
    ),
    # dates
    period("2023-9-28", "2023.11", mended=("2023-09-28", "2023-11"), told='"2023-9-28" → "2023-09-28"'),
    period("09/2020", "Sep 2023", mended=("2020-09", "2023-09")),
    period("2019/02", "31 September 2020", mended=("2019-02", "2020-09"), told="there is no such day"),
    period("2019-02", "2020-09-31", mended=("2019-02", "2020-09"), told='"2020-09-31" → "2020-09"'),
    period("septembre 2019", "août 2021", mended=("2019-09", "2021-08")),
    period("März 2018", "heute", mended=("2018-03", None), told='"heute": means that it goes on'),
    period("2018年4月", "至今", mended=("2018-04", None)),
    period("01.02.2019", "28/12/2020", mended=("2019-02-01", "2020-12-28")),
    period("2019", "03/04/2020", mended=("2019", "2020"), told="either way round"),
    period("2021-05", "2020-03", mended=("2020-03", "2021-05"), told="please check (1)"),
    period(
        "Spring 2019", "soon", mended=("2019", None), told='"soon": is not a date; the page now says that it goes on'
    ),
    period("2018", "left", mended=("2018", None), told="please check (1)"),
    period("2018", "2019-2021", mended=("2018", "2021"), told='"2019-2021" → "2021": a whole period'),
    period("2018", "2019 - now", mended=("2018", None), told="a whole period"),
    period("2018", "1/2/20", mended=("2018", "2020"), told='"1/2/20" → "2020": the year has two digits'),
    Case(
        "an end of another type",
        job(startDate="2018", endDate=True),
        {"work.0.endDate": None},
        ("please check (1)", "the page now says that it goes on"),
    ),
    Case(
        "a doubtful period in one",
        job(startDate="03/04/2020 - 05/06/2021"),
        {"work.0.startDate": "2020", "work.0.endDate": "2021"},
        ("please check (1)", "a whole period; the day and the month could be either way round"),
    ),
    Case("a period as the end", job(endDate="2019-2021"), {"work.0.startDate": "2019", "work.0.endDate": "2021"}),
    Case(
        "an end without a start",
        job(endDate="soon"),
        {"work.0.endDate": None},
        ("left out (1)", '"soon" is not a date'),
    ),
    period("2019-05-01T00:00:00.000Z", "20200131", mended=("2019-05-01", "2020-01-31")),
    Case(
        "a period in one", job(startDate="Mar 2019 – present"), {"work.0.startDate": "2019-03", "work.0.endDate": None}
    ),
    Case("years as a range", job(startDate="2019-2021"), {"work.0.startDate": "2019", "work.0.endDate": "2021"}),
    Case("a year as a number", job(startDate=2019), {"work.0.startDate": "2019"}),
    Case("a date as an object", job(startDate={"year": 2019, "month": 3}), {"work.0.startDate": "2019-03"}),
    # e-mail
    Case("mailto", basics(email="mailto:ada@example.com"), {"basics.email": "ada@example.com"}),
    Case("name and address", basics(email="Ada <ada@example.com>"), {"basics.email": "ada@example.com"}),
    Case("spaces in an address", basics(email=" ada @example.com "), {"basics.email": "ada@example.com"}),
    Case("no address", basics(email="on request"), {"basics.email": None}, ('"on request" is not an e-mail address',)),
    # keys
    Case("a mistyped name", {"basics": {"nmae": "Ada", "lable": "Dev"}}, {"basics.name": "Ada", "basics.label": "Dev"}),
    Case("snake case", job(start_date="2020"), {"work.0.startDate": "2020"}, ("work[0].start_date  → startDate",)),
    Case(
        "version 0",
        {"basics": {**NAME, "website": "https://a.example"}, "work": [{"company": "Acme", "website": "a.example"}]},
        {"basics.url": "https://a.example", "work.0.name": "Acme", "work.0.url": "https://a.example"},
        ("work[0].company", "→ name"),
    ),
    Case("other section names", {"basics": NAME, "experience": [{"employer": "Acme"}]}, {"work.0.name": "Acme"}),
    Case("basics at the top", {"name": "Ada", "email": "a@example.com"}, {"basics.name": "Ada"}),
    Case(
        "a period twice",
        job(dates="2019 - now", **{"from": "2019-03", "to": "2020"}),
        {"work.0.startDate": "2019-03", "work.0.endDate": "2020", "work.0.dates": "2019 - now"},
    ),
    Case("first and last name", {"basics": {"firstName": "Ada", "lastName": "Example"}}, {"basics": NAME}),
    Case("one level too deep", {"resume": basics()}, {"basics.name": "Ada Example"}),
    Case(
        "a résumé beside other keys",
        {
            "resume": {**basics(), "work": [{"name": "A"}]},
            "volunteer": [{"position": "B"}],
            "work": [{}],
            "extra": 1,
            "no": [],
        },
        {"volunteer.0.position": "B", "work": [{"name": "A"}], "extra": None},
        ("left out (2)", "extra  1 is beside the résumé"),
    ),
    Case("a list around it", [basics()], {"basics.name": "Ada Example"}),
    Case(
        "a key that is taken",
        basics(nmae="Eve"),
        {"basics.name": "Ada Example", "basics.nmae": "Eve"},
        ("basics.nmae  did you mean name?",),
    ),
    # types
    Case("a text for a list", job(highlights="One thing"), {"work.0.highlights": ["One thing"]}),
    Case("lines for a list", job(highlights="- One\n- Two"), {"work.0.highlights": ["One", "Two"]}),
    Case("nulls in a list", job(highlights=["One", None, 3]), {"work.0.highlights": ["One", "3"]}),
    Case("a number for a text", basics(phone=491234), {"basics.phone": "491234"}),
    Case("a text for an object", basics(location="Berlin"), {"basics.location": {"city": "Berlin"}}),
    Case("an object for a list", {"basics": NAME, "work": {"name": "Acme"}}, {"work": [{"name": "Acme"}]}),
    Case("an object for a text", job(location={"city": "Rome", "region": "IT"}), {"work.0.location": "Rome, IT"}),
    Case("texts as skills", {"basics": NAME, "skills": ["Go", "SQL"]}, {"skills": [{"name": "Go"}, {"name": "SQL"}]}),
    Case(
        "groups of skills",
        {"basics": NAME, "skills": {"Code": ["Go", "C"], "Cloud": "AWS, GCP"}},
        {"skills.0": {"name": "Code", "keywords": ["Go", "C"]}, "skills.1.keywords": ["AWS", "GCP"]},
    ),
    Case(
        "languages as an object",
        {"basics": NAME, "languages": {"French": "B2"}},
        {"languages": [{"language": "French", "fluency": "B2"}]},
    ),
    Case("a list for a text", basics(summary=["One.", "Two."]), {"basics.summary": "One.\nTwo."}),
    Case("true for a text", basics(label=True), {"basics.label": None}, ("left out (1)",)),
    # the file
    Case("control characters", basics(summary="a\u0000b\u200bc\u0008"), {"basics.summary": "ab\u200bc"}, ("U+0000",)),
    Case("a lone surrogate", b'{"basics": {"name": "A\\ud800da"}}', {"basics.name": "Ada"}),
    Case("comments", b'{\n // me\n "basics": {"name": "Ada"}, /* end */\n}', {"basics.name": "Ada"}, ("comments",)),
    Case("trailing commas", b'{"basics": {"name": "Ada",},}', {"basics.name": "Ada"}, ("trailing commas",)),
    Case("single quotes", b"{basics: {name: 'Ada'}}", {"basics.name": "Ada"}),
    Case("a line break in a text", b'{"basics": {"name": "Ada", "summary": "a\nb"}}', {"basics.summary": "a\nb"}),
    Case("NaN", b'{"basics": {"name": "Ada", "label": NaN}}', {"basics.name": "Ada"}, ("NaN",)),
    Case("UTF-16", '{"basics": {"name": "Añda"}}'.encode("utf-16"), {"basics.name": "Añda"}, ("UTF-16 → UTF-8",)),
    Case("UTF-16 without a mark", '{"basics": {"name": "Añda"}}'.encode("utf-16-le"), {"basics.name": "Añda"}),
    Case(
        "Windows-1252", '{"basics": {"name": "René “R”"}}'.encode("cp1252"), {"basics.name": "René “R”"}, ("Windows",)
    ),
    Case(
        "a section twice",
        b'{"basics": {"name": "Ada"}, "work": [{"name": "One"}], "work": [{"name": "Two"}]}',
        {"work": [{"name": "One"}, {"name": "Two"}]},
        ("work  ", "the key occurs twice"),
    ),
    Case(
        "an object twice",
        b'{"basics": {"name": "Ada", "label": ""}, "basics": {"label": "Dev"}}',
        {"basics": {"name": "Ada", "label": "Dev"}},
    ),
    Case(
        "a text twice",
        b'{"basics": {"name": "Ada", "name": "Eve"}}',
        {"basics.name": "Eve"},
        ('"Ada" → "Eve": the key occurs twice: the last value is kept',),
    ),
    # pictures
    Case("a picture beside", basics(image="me.png"), {"basics.image": "images/me.png"}, beside={"me.png": picture()}),
    Case(
        "a picture with a path",
        basics(image="./img/my photo.jpg"),
        {"basics.image": "images/my-photo.jpg"},
        ("picture: images/my-photo.jpg from ./img/my photo.jpg",),
        {"img/my photo.jpg": picture("JPEG")},
    ),
    Case("a picture inside", basics(image=data_url(picture())), {"basics.image": "images/portrait.png"}),
    Case(
        "a picture of a generator of sites",
        basics(image="/me.png"),
        {"basics.image": "images/me.png"},
        beside={"public/me.png": picture()},
    ),
    Case("a photo", basics(photo="me.webp"), {"basics.image": "images/me.webp"}, beside={"me.webp": picture("WEBP")}),
    Case("no picture there", basics(image="me.png"), {"basics.image": None}, ("is not a file in",)),
    Case("a picture elsewhere", basics(image="../../../../../../../etc/passwd"), {"basics.image": None}, ("left out",)),
    Case("not a picture", basics(image="me.png"), {"basics.image": None}, ("or is damaged",), {"me.png": b"<svg/>"}),
    Case("damaged base64", basics(image="data:image/png;base64,iVBO*"), {"basics.image": None}, ("left out",)),
]
"""Files that come in with something mended."""

FINE = [
    Case("as it should be", {**basics(label="Dev"), "work": [{"name": "A", "startDate": "2020"}]}, {}),
    Case("empty values", {**basics(label="", image=None), "work": [{"name": "A", "endDate": "Present"}]}, {}),
    Case("a byte order mark", b"\xef\xbb\xbf" + json.dumps(basics()).encode(), {}),
    Case("a picture on the web", basics(image="https://example.com/a.jpg"), {}),
    Case("keys of one's own", {**basics(pronouns="she"), "meta": {"theme": "x"}}, {}, ("basics.pronouns",)),
]
"""Files that come in byte for byte."""

REFUSED = {
    "nothing": b"",
    "text": b"Ada Example, engineer",
    "a list": b"[1, 2]",
    "a number": b"7",
    "other JSON": b'{"name": "package", "version": "1.0.0"}',
    "no name": b'{"basics": {"label": "Dev"}, "work": [{"name": "Acme"}]}',
    "an empty name": b'{"basics": {"name": "  "}}',
    "a PDF": b"%PDF-1.7 ...",
    "a zip of something": b"PK\x05\x06" + b"\0" * 18,
    "a broken zip": b"PK\x03\x04broken",
    "XML of something": b"<note>Hello</note>",
    "broken XML": b"<Candidate><a></Candidate>",
    "an XML bomb": b'<!DOCTYPE a [<!ENTITY b "x">]><Candidate>&b;</Candidate>',
    "too deep": b"[" * 100_000,
    "half a file": b'{"basics": {"name": "Ada"',
    "KOI8-R": '{"basics": {"name": "Иванов Иван"}}'.encode("koi8-r"),
    "damaged UTF-8": '{"basics": {"name": "Adéle é'.encode() + b'\xff"}}',
}
"""Files that are not résumés, or not certain to be read right."""
