"""The QR code of print: an inline picture, which the strict security policy allows."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup, escape

QUIET_ZONE = 0
"""The margin in modules. The paper around the code is white, and the stylesheet keeps the four modules' distance."""


def svg(address: str) -> Markup:
    """Return an <svg> element whose QR code leads to `address`; readable with 15 % of it damaged."""
    written = io.BytesIO()
    segno.make_qr(address, error="m").save(
        written, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=QUIET_ZONE, svgclass=None,
        lineclass=None,
    )  # fmt: skip
    label = Markup('<svg class="qr" role="img" aria-label="{}"').format(escape(address))
    return label + Markup(written.getvalue().decode().removeprefix("<svg"))  # noqa: S704 - drawn by segno
