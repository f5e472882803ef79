"""The root certificates that the router's zip has."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from deployment.package.root_certificates import NAMES, NOTICE, aws_roots, roots_of


def test_the_roots_are_those_of_amazon_trust_services() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=aws_roots().decode())
    roots: list[Any] = context.get_ca_certs()
    subjects = [dict(pair for part in root["subject"] for pair in part) for root in roots]
    assert {subject["commonName"] for subject in subjects} == set(NAMES)
    assert {subject["organizationName"] for subject in subjects} == {"Amazon", "Starfield Technologies, Inc."}


def test_they_are_taken_by_their_subject() -> None:
    def entry(name: str, body: str) -> str:
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        return f"# Issuer: CN={name} O=x\n# Subject: CN={name} O=x\n{begin}\n{body}\n{end}\n\n"

    wanted = [entry(name, f"body{number}") for number, name in enumerate(NAMES)]
    bundle = entry("Other Root", "other") + "".join(reversed(wanted)) + entry("Amazon Root CA 11", "eleven")
    roots = roots_of(bundle)
    assert roots.startswith(NOTICE)
    assert [line for line in roots.splitlines() if line.startswith("body")] == [f"body{at}" for at in range(len(NAMES))]
    assert "other" not in roots
    assert "eleven" not in roots
    with pytest.raises(LookupError, match="Amazon Root CA 3"):
        roots_of("".join(text for text in wanted if "CA 3" not in text))
