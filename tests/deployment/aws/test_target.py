"""The target of requests, and the errors of an invalid one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.stack.stack import Stack
from errors import CloudError, CredentialsError, UsageError
from settings import DEFAULT_REGION
from tests.deployment.conftest import free_port
from tests.deployment.fakes import Lines, refusing_endpoint


def test_the_region_is_the_given_one_or_from_the_environment_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Target("eu-west-1", access_key="given").resolved_region == "eu-west-1"
    assert Target(access_key="defaulted").resolved_region == DEFAULT_REGION
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    assert Target(access_key="environment", secret_key="s").resolved_region == "ap-south-1"


def test_the_region_of_a_profile_is_honoured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile work]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert Target(profile="work").resolved_region == "sa-east-1"


def test_a_profile_that_does_not_exist_is_a_credentials_error() -> None:
    with pytest.raises(CredentialsError, match="nobody"):
        Target(profile="nobody").client("s3")


def test_a_broken_config_file_raises_a_project_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile work\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(CloudError, match="config"):
        Target(access_key="broken").client("s3")


@pytest.mark.parametrize("endpoint", ["localhost:4566", "http://", "http://[::1", "not a url"])
def test_an_invalid_endpoint_url_is_reported(endpoint: str) -> None:
    with pytest.raises(UsageError, match="http://localhost:4566"):
        Target("us-east-1", endpoint, access_key="a", secret_key="b").client("s3")


def test_an_invalid_region_is_reported() -> None:
    with pytest.raises(CloudError, match="us east 1"):
        Target("us east 1", access_key="a", secret_key="b").client("s3")


def test_the_secret_is_not_shown() -> None:
    assert "hush" not in repr(Target(secret_key="hush"))


def test_threads_share_one_client() -> None:
    target = Target("us-east-1", access_key="threads", secret_key="s")
    with ThreadPoolExecutor(8) as threads:
        assert len({id(client) for client in threads.map(target.client, ["sts"] * 16)}) == 1


def test_no_credentials_at_all() -> None:
    stack = Stack("cv", Target("us-east-1", f"http://127.0.0.1:{free_port()}"), Lines())
    with pytest.raises(CredentialsError, match="Unable to locate credentials") as caught:
        stack.read()
    assert "build.py local" in caught.value.next_step


def test_an_endpoint_without_a_server() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    stack = Stack("cv", Target("us-east-1", endpoint, access_key="a", secret_key="b"), Lines())
    with pytest.raises(CloudError, match=endpoint) as caught:
        stack.read()
    assert caught.value.where == "stack cv"
    assert "check the network" in caught.value.next_step


@pytest.mark.parametrize(
    ("code", "message", "advice"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "have expired"),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", "not enabled"),
    ],
)
def test_invalid_credentials(code: str, message: str, advice: str) -> None:
    with refusing_endpoint(403, code, message) as endpoint:
        stack = Stack("cv", Target("us-east-1", endpoint, access_key="a", secret_key="b"), Lines())
        with pytest.raises(CredentialsError, match=message) as caught:
            stack.read()
    assert advice in caught.value.next_step
