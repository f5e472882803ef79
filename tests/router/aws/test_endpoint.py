from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from deployment.package.root_certificates import aws_roots
from router.aws import endpoint
from router.aws.endpoint import Endpoint
from router.errors import ExchangeError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("url", "parts", "authority"),
    [
        ("https://h.example/live/", ("https", "h.example", 443, "/live"), "h.example"),
        ("https://h.example:443", ("https", "h.example", 443, ""), "h.example"),
        ("https://h.example:80/a/b", ("https", "h.example", 80, "/a/b"), "h.example:80"),
        ("http://h.example:443", ("http", "h.example", 443, ""), "h.example:443"),
        ("http://[::1]:4566/x", ("http", "::1", 4566, "/x"), "[::1]:4566"),
        ("http://[::1]", ("http", "::1", 80, ""), "[::1]"),
    ],
)
def test_urls(url: str, parts: tuple[str, str, int, str], authority: str) -> None:
    found = Endpoint.of(url)
    assert (found.scheme, found.host, found.port, found.path) == parts
    assert found.authority == authority
    assert found.certificates is None


def test_certificates_of_the_environment() -> None:
    assert Endpoint.of("https://h", {"AWS_CA_BUNDLE": "bundle.pem"}).certificates == "bundle.pem"
    assert Endpoint.of("https://h", {"AWS_CA_BUNDLE": ""}).certificates is None


def test_addresses() -> None:
    assert [address[:2] for _, address in Endpoint.of("http://127.0.0.1:4566").addresses()] == [("127.0.0.1", 4566)]
    with pytest.raises(ExchangeError, match="UnicodeE"):
        Endpoint.of("http://no..host").addresses()


def test_http_has_no_tls_context() -> None:
    assert Endpoint.of("http://h").tls is None


def test_the_tls_context_verifies_servers() -> None:
    context = Endpoint.of("https://h").tls
    assert context
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.cert_store_stats()["x509_ca"] > 50, "botocore's bundle"
    assert context is Endpoint.of("https://other").tls


def test_aws_needs_the_shipped_roots_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(aws_roots())
    monkeypatch.setattr(endpoint, "ROOTS", roots)
    of_aws = Endpoint.of("https://dynamodb.eu-central-1.amazonaws.com")
    assert of_aws.tls
    assert of_aws.tls.cert_store_stats()["x509_ca"] == 5
    assert of_aws.tls.verify_mode is ssl.CERT_REQUIRED
    assert of_aws.widest_tls is Endpoint.of("https://h").tls
    for url in ("https://dynamodb.cn-north-1.amazonaws.com.cn", "https://amazonaws.com.example", "https://h"):
        assert Endpoint.of(url).tls is of_aws.widest_tls
    assert Endpoint.of("http://x.amazonaws.com").tls is Endpoint.of("http://x.amazonaws.com").widest_tls is None


def test_without_botocores_bundle_the_system_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(endpoint, "_botocore_bundle", lambda: None)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: loaded.append("system"))
    endpoint._tls.__wrapped__(None)
    assert loaded == ["system"]


@pytest.mark.parametrize("spec", [None, "without origin", "without bundle"])
def test_a_botocore_without_a_bundle(spec: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spec:
        origin = None if spec == "without origin" else "/nowhere/botocore/__init__.py"

    monkeypatch.setattr("importlib.util.find_spec", lambda _: Spec if spec else None)
    assert endpoint._botocore_bundle() is None
