"""What `status` says of the front page."""

from __future__ import annotations

import pytest

from deployment.aws.target import Target
from deployment.operations.probe import page_finding
from deployment.smoke.client import Page

HTML = {"content-type": "text/html; charset=utf-8"}
AWS, EMULATOR = Target("us-east-1"), Target("us-east-1", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("page", "target", "state", "well"),
    [
        (Page(200, HTML, "", 12), AWS, "12 bytes", True),
        (Page(404, HTML, "", 12), AWS, "status 404", False),
        (Page(200, {"content-type": "text/plain"}, "", 0), EMULATOR, "text/plain' and not text/html", False),
        (Page(403, HTML, "", 12), AWS, "status 403", False),
        (Page(403, HTML, "", 12), EMULATOR, "not checked", True),
    ],
    ids=["served", "missing", "something else", "denied", "denied in an emulator"],
)
def test_only_an_html_page_is_well(page: Page, target: Target, state: str, well: bool) -> None:
    """localemu answers an unknown host with 200 and an empty text."""
    finding = page_finding(page, target)
    assert state in finding.state
    assert finding.well is well
    assert bool(finding.fix) is not well
