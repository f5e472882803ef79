"""Messages name stacks of the user's own by their names, and ours by what they are."""

from __future__ import annotations

import pytest

from deployment.aws.target import Target
from deployment.package.artifacts import artifact_stack
from deployment.stack.stack import Stack
from deployment.stack.title import title
from errors import CloudError, StackError
from tests.deployment.conftest import MakeSettings, free_port


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cv", "stack cv"),
        ("cv-next", "stack cv-next"),
        ("cv-artifacts", "the artifact stack of cv (cv-artifacts)"),
        ("cv-next-artifacts", "the artifact stack of cv-next (cv-next-artifacts)"),
        ("cv-certificate-0123abcd", "the certificate stack of cv (cv-certificate-0123abcd)"),
        ("cv-certificate", "the certificate stack of cv (cv-certificate)"),
        ("my-certificates", "stack my-certificates"),
    ],
)
def test_a_stack_is_called_by_what_it_is(name: str, words: str) -> None:
    assert title(name) == words


def test_an_error_of_the_artifact_stack_names_the_users_stack(make_settings: MakeSettings) -> None:
    settings = make_settings()
    nowhere = Target("us-east-1", f"http://127.0.0.1:{free_port()}", access_key="a", secret_key="b")
    with pytest.raises(CloudError) as caught:
        artifact_stack(settings, nowhere).read()
    assert caught.value.where == f"the artifact stack of {settings.stack.name} ({settings.stack.name}-artifacts)"
    with pytest.raises(CloudError) as caught:
        Stack(settings.stack.name, nowhere).read()
    assert caught.value.where == f"stack {settings.stack.name}"
    assert not isinstance(caught.value, StackError)
