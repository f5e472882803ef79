from __future__ import annotations

import os

import pytest

from router.aws import credentials
from router.aws.credentials import Credentials, find
from router.errors import ConfigurationError


def test_credentials_of_the_environment() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
    assert find(keys) == Credentials("a", "s")
    assert find({**keys, "AWS_SESSION_TOKEN": "t"}) == Credentials("a", "s", "t")
    assert "s'" not in repr(find(keys))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> str:
    """Return the path of the credentials file that botocore reads."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    path = os.path.join(tmp_path, "credentials")  # noqa: PTH118
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", path)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    credentials._botocore_credentials.cache_clear()
    return path


def test_credentials_of_botocore(elsewhere: str) -> None:
    with open(elsewhere, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("[default]\naws_access_key_id = from\naws_secret_access_key = file\n")
    assert find({}) == Credentials("from", "file")
    credentials._botocore_credentials.cache_clear()


def test_no_credentials(elsewhere: str) -> None:
    with pytest.raises(ConfigurationError, match="no AWS credentials found"):
        find({"AWS_ACCESS_KEY_ID": "half"})
    credentials._botocore_credentials.cache_clear()
