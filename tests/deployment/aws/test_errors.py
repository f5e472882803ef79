"""Translation of botocore's exceptions, with the right next step."""

from __future__ import annotations

import inspect

import pytest
from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from deployment.aws.errors import translated
from errors import CloudError, CredentialsError, ProjectError
from tests.deployment.fakes import refused


def translation(error: Exception) -> ProjectError:
    with pytest.raises(ProjectError) as caught, translated("stack cv"):
        raise error
    assert caught.value.where == "stack cv"
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind", "advice"),
    [
        ("ExpiredToken", CredentialsError, "have expired"),
        ("RequestExpired", CredentialsError, "have expired"),
        ("InvalidClientTokenId", CredentialsError, "not enabled"),
        ("SignatureDoesNotMatch", CredentialsError, "not enabled"),
        ("UnrecognizedClientException", CredentialsError, "not enabled"),
        ("AccessDenied", CloudError, "the action required by CreateChangeSet"),
        ("403", CloudError, "the action required by CreateChangeSet"),
        ("RequestTimeTooSkewed", CloudError, "clock"),
        ("Throttling", CloudError, "run the same command again"),
        ("ValidationError", CloudError, "fix the problem named in the message"),
    ],
)
def test_service_errors_are_translated(code: str, kind: type[ProjectError], advice: str) -> None:
    error = translation(refused("CreateChangeSet", code, "the service's own words"))
    assert type(error) is kind
    assert error.what == f"CreateChangeSet failed: the service's own words ({code})"
    assert advice in error.next_step


@pytest.mark.parametrize(
    "error",
    [
        botocore_errors.NoCredentialsError(),
        botocore_errors.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        botocore_errors.ProfileNotFound(profile="work"),
        botocore_errors.UnauthorizedSSOTokenError(),
        botocore_errors.SSOTokenLoadError(error_msg="no token"),
        botocore_errors.LoginRefreshRequired(),
        botocore_errors.TokenRetrievalError(provider="sso", error_msg="expired"),
        botocore_errors.CredentialRetrievalError(provider="process", error_msg="failed"),
    ],
)
def test_without_usable_credentials_the_error_says_how_to_sign_in(error: BotoCoreError) -> None:
    translated_error = translation(error)
    assert isinstance(translated_error, CredentialsError)
    assert "aws configure" in translated_error.next_step


@pytest.mark.parametrize(
    "error",
    [
        botocore_errors.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        botocore_errors.ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"),
        botocore_errors.ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        botocore_errors.SSLError(endpoint_url="http://127.0.0.1:1", error=OSError("bad certificate")),
        botocore_errors.ProxyConnectionError(proxy_url="http://proxy"),
        botocore_errors.ConnectionClosedError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_connection_errors_are_translated(error: BotoCoreError) -> None:
    assert "check the network" in translation(error).next_step


def test_a_waiter_and_a_bad_parameter_are_translated_too() -> None:
    waiter = translation(botocore_errors.WaiterError(name="stack", reason="Max attempts exceeded", last_response={}))
    assert "Max attempts exceeded" in waiter.what
    assert "Unknown parameter" in translation(botocore_errors.ParamValidationError(report="Unknown parameter")).what


def test_an_answer_that_is_not_of_aws_is_translated_without_its_text() -> None:
    """A proxy, a sign-in page of a network, or an emulator that failed: botocore's error quotes the whole page."""
    page = "Unable to parse response (syntax error: line 1, column 0), invalid XML received:\nb'<!doctype html>'"
    error = translation(ResponseParserError(page))
    assert error.what == "the response is not one of AWS: Unable to parse response (syntax error: line 1, column 0)"
    assert "proxy" in error.next_step


def test_every_error_of_botocore_is_caught() -> None:
    """Every exception of botocore has one of the two translated base classes, except those for broken data files."""
    escaping = {
        name
        for name, kind in inspect.getmembers(botocore_errors, inspect.isclass)
        if kind.__module__ == botocore_errors.__name__
        and not issubclass(kind, (BotoCoreError, botocore_errors.ClientError, Warning))
    }
    assert escaping == {"MissingServiceIdError", "UndefinedModelAttributeError"}


def test_errors_of_this_project_are_not_translated() -> None:
    ours = CloudError("here", "this", "do that")
    with pytest.raises(CloudError) as caught, translated("elsewhere"):
        raise ours
    assert caught.value is ours
