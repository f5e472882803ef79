"""Refusals are printed once per kind and minute, with their number and nothing from the request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from local_cloud.ministack.guard import Guard, guarded
from local_cloud.reporting.event_lines import sentences
from local_cloud.reporting.refusals import EVERY_SECONDS, Refusals
from local_cloud.reporting.reports import Refused, parse
from tests.local_cloud.fake_emulator import Rig, with_edge

SECRET = "visitor-7Qx"


class Minutes:
    """A clock that a test advances by a minute."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        assert seconds == EVERY_SECONDS
        self.waiting.append(act)

    def pass_one(self) -> None:
        due, self.waiting = self.waiting, []
        for act in due:
            act()


def test_the_first_is_reported_at_once_and_the_rest_once_a_minute() -> None:
    said: list[str] = []
    minutes = Minutes()
    refusals = Refusals("the page", said.append, minutes.later)
    for _ in range(13):
        refusals.note("cross-site")
    refusals.note("with a body")
    assert said == ["refused a request to the page: cross-site", "refused a request to the page: with a body"]
    minutes.pass_one()
    assert said[2:] == ["refused 12 more requests to the page in the last minute: cross-site"]
    refusals.note("cross-site")
    minutes.pass_one()
    assert said[3:] == ["refused 1 more request to the page in the last minute: cross-site"]
    minutes.pass_one()
    assert (said[4:], minutes.waiting) == ([], []), "a quiet minute says nothing, and nothing goes on"
    refusals.note("cross-site")
    assert said[4:] == ["refused a request to the page: cross-site"]


STRANGE = f"http://{SECRET}.example"


@pytest.mark.parametrize(
    ("headers", "method", "kind"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": STRANGE}, "GET", "cross-site"),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"}, "GET", "from another port of this machine"),
        ({"Origin": STRANGE}, "GET", "from another origin"),
        ({"Sec-Fetch-Site": SECRET}, "GET", "from another origin"),
        ({"Host": f"{SECRET}.example"}, "GET", "by another host name"),
        ({}, "DELETE", "by another method"),
        ({"Content-Length": "1"}, "GET", "with a body"),
    ],
)
def test_the_edge_says_of_which_kind_it_was(headers: dict[str, str], method: str, kind: str) -> None:
    noted: list[str] = []

    async def act(rig: Rig) -> None:
        all_headers = {"Host": f"localhost:{rig.port}", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
        answer = await rig.say(
            f"{method} /{SECRET} HTTP/1.1\r\n{lines}\r\n".encode() + b"x" * ("1" in headers.values())
        )
        assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 421"))

    with_edge(act, noted.append)
    assert noted == [kind]


def test_the_emulator_reports_of_which_kind_it_was() -> None:
    noted: list[str] = []

    async def ignore(message: Any) -> None:
        """What is answered is test_emulator_guard's."""

    scope = {"type": "http", "path": f"/{SECRET}", "headers": [(b"host", f"{SECRET}.example".encode())]}
    asyncio.run(guarded(None, Guard(b"key", 4566), noted.append)(scope, None, ignore))
    assert noted == ["another Host"]


def test_a_report_of_it_becomes_its_line() -> None:
    text = "refused 12 more requests to the emulator in the last minute: another {Host}"
    report = parse(json.dumps({"kind": "refused", "text": text}).encode())
    assert report == Refused(text)
    assert [str(event) for event in sentences(report)] == [text]
