"""Translation of botocore's exceptions into this project's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from errors import CloudError, CredentialsError, ProjectError

NO_ACCOUNT = "sign in (aws configure, aws sso login, or AWS_PROFILE), or run build.py local, which needs no AWS account"
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
REJECTED = {
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
SKEWED = {"RequestInTheFuture", "RequestTimeTooSkewed"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"}
ACTIONS = {
    "CopyObject": "s3:GetObjectVersion and s3:PutObject",
    "DeleteObjects": "s3:DeleteObject and s3:DeleteObjectVersion",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "PutObject": "s3:PutObject",
}
"""S3 operation -> IAM permission, as the error message is often only "Access Denied".
Source: "Required permissions for Amazon S3 API operations", Amazon S3 User Guide."""
NO_CREDENTIALS = (
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.LoginError,
    botocore_errors.NoAuthTokenError,
    botocore_errors.ProfileNotFound,
    botocore_errors.SSOError,
    botocore_errors.TokenRetrievalError,
)
UNREACHABLE = (botocore_errors.HTTPClientError, botocore_errors.ConnectionError)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise CredentialsError or CloudError, with `where` in the message, for exceptions of botocore in the block."""
    try:
        yield
    except ClientError as exc:
        raise _from_service(where, exc) from exc
    except BotoCoreError as exc:
        raise _from_client(where, exc) from exc
    except ResponseParserError as exc:  # not a BotoCoreError
        raise _from_stranger(where, exc) from exc


def error_code(error: ClientError) -> str:
    """Return the error code of AWS, such as ValidationError; empty if there is none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """Return the message of AWS, or the text of the exception if there is none."""
    return str(error.response.get("Error", {}).get("Message") or error)


def _from_service(where: str, error: ClientError) -> ProjectError:
    code, message = error_code(error), error_message(error)
    said = f"{error.operation_name} failed: {message} ({code})"
    if code in EXPIRED:
        return CredentialsError(where, said, f"your credentials have expired: {NO_ACCOUNT}")
    if code in REJECTED:
        return CredentialsError(
            where, said, f"the credentials are invalid, or the Region is not enabled in the account: {NO_ACCOUNT}"
        )
    if code in SKEWED:
        return CloudError(where, said, "correct the clock of this machine, then run the same command again")
    if code in DENIED:
        return CloudError(where, said, f"allow {_action(error)} for your user or role, then run the same command again")
    return CloudError(where, said, "fix the problem named in the message, then run the same command again")


def _action(error: ClientError) -> str:
    """Return the missing permission, from the message or else from the operation."""
    named = re.search(r"not authorized to perform:? ([\w-]+:\w+)", error_message(error))
    return named[1] if named else ACTIONS.get(error.operation_name, f"the action required by {error.operation_name}")


def _from_client(where: str, error: BotoCoreError) -> ProjectError:
    if isinstance(error, NO_CREDENTIALS):
        return CredentialsError(where, str(error), NO_ACCOUNT)
    if isinstance(error, UNREACHABLE):
        return CloudError(where, str(error), "check the network and the Region, then run the same command again")
    return CloudError(where, str(error), "fix the problem named in the message, then run the same command again")


def _from_stranger(where: str, error: ResponseParserError) -> ProjectError:
    """Return the error without the response, which may be a whole page of HTML."""
    reason = str(error).partition(", invalid XML")[0].splitlines()[0]
    return CloudError(
        where,
        f"the response is not one of AWS: {reason}",
        "check for a proxy or a sign-in page of the network, or the log of the emulator; then run the command again",
    )
