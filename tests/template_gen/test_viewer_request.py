"""Addresses of folders: the rule, and that JavaScript and Python agree on it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings import validate
from template_gen import names
from template_gen.stack import to_json
from template_gen.variants import variants
from template_gen.viewer_request import Address, address, function_code, is_reachable
from tests.browser.node_tools import NODE

PLAIN = validate({}, Path("settings.toml")).domain
WWW = validate(
    {"domain": {"name": "example.com", "hosted_zone": "Z1", "www_redirect": True}}, Path("settings.toml")
).domain

URIS = st.text("/\\abcé.%20-_~", max_size=12).map(lambda text: f"/{text}")


@pytest.mark.parametrize(
    ("uri", "looked_for"),
    [
        ("/", "/index.html"),
        ("/blog/", "/blog/index.html"),
        ("/v1.2/", "/v1.2/index.html"),
        ("/blog/index.html", "/blog/index.html"),
        ("/style.css", "/style.css"),
        ("/a%20b/", "/a%20b/index.html"),
        ("/.well-known/acme-challenge/token", "/.well-known/acme-challenge/token"),
        ("/.well-known/apple-app-site-association", "/.well-known/apple-app-site-association"),
    ],
)
def test_what_is_looked_for(uri: str, looked_for: str) -> None:
    assert address(uri) == Address(looked_for, moved=False)


@pytest.mark.parametrize(
    ("uri", "sent_to"),
    [
        ("/blog", "/blog/"),
        ("/blog/2026/first-post", "/blog/2026/first-post/"),
        ("//evil.example/blog", "/evil.example/blog/"),
        ("/\\evil", "/evil/"),
        ("///\\/x", "/x/"),
    ],
)
def test_where_a_folder_without_its_slash_leads(uri: str, sent_to: str) -> None:
    """Never to another host, whatever slashes it begins with."""
    assert address(uri) == Address(sent_to, moved=True)


@given(URIS)
def test_no_address_leads_to_another_host_or_round_in_a_circle(uri: str) -> None:
    found = address(uri)
    if found.moved:
        assert found.uri.startswith("/")
        assert not found.uri.startswith(("//", "/\\"))
        assert not address(found.uri).moved


@pytest.mark.parametrize(
    ("key", "reachable"),
    [
        ("index.html", True),
        ("a/b.css", True),
        ("LICENSE", False),
        ("live", False),
        ("docs/CNAME", False),
        (".well-known/token", True),
        ("folder/", False),
    ],
)
def test_a_name_without_a_dot_is_reachable_only_where_protocols_want_it(key: str, reachable: bool) -> None:
    assert is_reachable(key) is reachable


def run(code: str, requests: list[dict[str, Any]]) -> list[Any]:
    """What the function answers to each request, on Node: it lacks nothing that CloudFront's runtime has."""
    script = f"{code}\nconst all = {json.dumps(requests)};\n"
    script += "console.log(JSON.stringify(all.map(request => handler({ request }))));"
    done = subprocess.run([str(NODE), "-e", script], capture_output=True, check=True, text=True, encoding="utf-8")
    return list(json.loads(done.stdout))


def request(uri: str, host: str = "d1.cloudfront.net", **query: Any) -> dict[str, Any]:
    return {"method": "GET", "uri": uri, "querystring": query, "headers": {"host": {"value": host}}, "cookies": {}}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(URIS, min_size=200, max_size=300))
def test_the_javascript_does_what_the_python_says(uris: list[str]) -> None:
    for uri, answer in zip(uris, run(function_code(PLAIN), [request(uri) for uri in uris]), strict=True):
        found = address(uri)
        if found.moved:
            assert (answer["statusCode"], answer["headers"]["location"]["value"]) == (301, found.uri)
        else:
            assert answer["uri"] == found.uri


def test_a_redirect_keeps_the_query_and_www_comes_first() -> None:
    query: dict[str, Any] = {"a": {"value": "1"}, "b": {"value": "2", "multiValue": [{"value": "2"}, {"value": "3"}]}}
    asked = [
        request("/blog", **query),
        request("/blog", "www.example.com", **query),
        request("/", "www.example.com"),
        request("/style.css", "example.com"),
    ]
    there, moved, front, served = run(function_code(WWW), asked)
    assert there["headers"]["location"]["value"] == "/blog/?a=1&b=2&b=3"
    assert moved["headers"]["location"]["value"] == "https://example.com/blog?a=1&b=2&b=3"
    assert front["headers"]["location"]["value"] == "https://example.com/"
    assert served["uri"] == "/style.css"


def test_every_page_goes_through_the_one_function_and_the_socket_through_none() -> None:
    for name, template in variants(validate({}, Path("settings.toml"))).items():
        resources = json.loads(to_json(template))["Resources"]
        if names.DISTRIBUTION not in resources:
            continue
        config = resources[names.DISTRIBUTION]["Properties"]["DistributionConfig"]
        (association,) = config["DefaultCacheBehavior"]["FunctionAssociations"]
        assert association["EventType"] == "viewer-request"
        function = resources[association["FunctionARN"]["Fn::GetAtt"][0]]["Properties"]
        assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
        assert ("'www.example.com'" in function["FunctionCode"]) is (name == "domain in Route 53")
        # Source: "Quotas on CloudFront Functions", Amazon CloudFront Developer Guide.
        assert len(function["FunctionCode"].encode()) < 10_240
        socket, *embedded = config["CacheBehaviors"]
        assert "FunctionAssociations" not in socket
        assert [each["FunctionAssociations"] for each in embedded] == [[association]] * 4
