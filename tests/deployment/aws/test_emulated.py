"""Template parameters for emulators."""

from __future__ import annotations

from deployment.aws.emulated import parameters
from template_gen import names


def test_aws_gets_no_parameters() -> None:
    assert parameters(None) == {}
    assert parameters("") == {}


def test_an_emulator_gets_its_endpoint_and_the_allowed_origins() -> None:
    assert parameters("http://127.0.0.1:4566/", "http://localhost:8080", "http://127.0.0.1:8080") == {
        names.MANAGEMENT_ENDPOINT: "http://127.0.0.1:4566/_aws/execute-api",
        names.EXTRA_ORIGINS: "http://localhost:8080,http://127.0.0.1:8080",
    }
