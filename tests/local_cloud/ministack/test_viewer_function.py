"""The function on a viewer's request, without Node: what it answers, and that the emulator asks it."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core import cloudfront_js

from local_cloud.ministack import viewer_function
from template_gen.variants import NO_DOMAIN
from template_gen.viewer_request import function_code


def request(uri: str, **query: Any) -> dict[str, Any]:
    return {"method": "GET", "uri": uri, "querystring": query, "headers": {"host": {"value": "d1.cloudfront.net"}}}


def test_a_folder_is_answered_with_its_page_and_the_request_is_otherwise_as_it_was() -> None:
    assert viewer_function.answer(request("/blog/")) == request("/blog/index.html")
    assert viewer_function.answer(request("/style.css")) == request("/style.css")


def test_a_redirect_keeps_the_query() -> None:
    query = {"a": {"value": "1 2"}, "b": {"value": "2", "multiValue": [{"value": "2"}, {"value": "ü&"}]}}
    moved = viewer_function.answer(request("/blog", **query))
    assert moved["statusCode"] == 301
    assert moved["headers"]["location"]["value"] == "/blog/?a=1%202&b=2&b=%C3%BC%26"


def test_the_emulator_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudfront_js, "evaluate", cloudfront_js.evaluate)  # put back afterwards
    viewer_function.install()
    code = function_code(NO_DOMAIN).encode()
    assert cloudfront_js.evaluate(code, {"request": request("/blog/")})["uri"] == "/blog/index.html"
