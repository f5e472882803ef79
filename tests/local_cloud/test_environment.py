"""Nothing of the user's AWS account, Region or proxies reaches the embedded cloud."""

from __future__ import annotations

from pathlib import Path

from local_cloud import environment
from local_cloud.ministack.environment import of_the_emulator

USER = {
    "AWS_PROFILE": "work",
    "AWS_ENDPOINT_URL": "https://aws.example",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "eu-west-3",
    "HTTP_PROXY": "http://proxy.example",
    "https_proxy": "http://proxy.example",
    "PYTHONPATH": "/elsewhere",
    "GATEWAY_PORT": "4566",
    "SERVICES": "s3",
    "LAMBDA_EXECUTOR": "docker",
    "DOCKER_HOST": "unix:///run/docker.sock",
    "PATH": "/bin",
    "HOME": "/home/user",
    "LC_ALL": "C",
}


def test_the_emulator_gets_what_is_on_the_list_and_its_own_settings() -> None:
    given = of_the_emulator(USER, port=1234, region="us-east-1", key="k", temporary=Path("/state/tmp"))
    assert {name: given[name] for name in ("PATH", "HOME", "LC_ALL")} == {
        "PATH": "/bin",
        "HOME": "/home/user",
        "LC_ALL": "C",
    }
    assert given["GATEWAY_PORT"] == "1234"
    assert given["BIND_HOST"] == "127.0.0.1"
    assert given["AWS_REGION"] == given["MINISTACK_REGION"] == "us-east-1"
    assert given["AWS_ACCESS_KEY_ID"] == environment.ACCESS_KEY
    assert given["TMPDIR"] == "/state/tmp"
    assert given["AWS_SESSION_TOKEN"] == "k"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "PYTHONPATH", "SERVICES", "LAMBDA_EXECUTOR"} & {*given}
    assert not [name for name in given if "proxy" in name.lower()]
    assert "docker.sock" not in given["DOCKER_HOST"]


def test_this_process_forgets_account_and_proxies_and_keeps_the_rest() -> None:
    own = dict(USER)
    environment.shield_this_process(own)
    assert own["AWS_ACCESS_KEY_ID"] == environment.ACCESS_KEY
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_REGION", "HTTP_PROXY", "https_proxy"} & {
        *own
    }
    assert own["NO_PROXY"] == "*"
    assert own["PYTHONPATH"] == "/elsewhere"
