"""GitHub's identity provider in the account, of which an account has at most one, whoever created it."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from deployment.aws.errors import error_code, translated
from deployment.aws.target import Target
from errors import CloudError
from template_gen.github_roles import AUDIENCE, HOST

WHERE = "identity providers of the account"


@dataclass(frozen=True)
class Provider:
    """The provider. arn: "" if there is none. in_stack: the stack of the roles has or will have created it."""

    arn: str
    in_stack: bool


def find_provider(target: Target, created_by_stack: str | None) -> Provider:
    """Return the provider. created_by_stack: the ARN of the one in the stack of the roles, if it has one.

    Raises CloudError when a request fails, or when the provider does not know the audience of AWS.
    """
    iam = target.client("iam")
    with translated(WHERE):
        listed = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
        arn = next((one for one in listed if one.partition("/")[2].lower() == HOST), "")
        audiences = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] if arn else []
    if not arn:
        # An emulator's CloudFormation may not know this resource type; see deployment/aws/emulated.py.
        return Provider("", in_stack=not target.endpoint_url)
    if AUDIENCE not in audiences:
        raise CloudError(
            WHERE,
            f"{arn} does not accept the audience {AUDIENCE}",
            f"add it: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {arn} "
            f"--client-id {AUDIENCE}",
        )
    return Provider(arn, in_stack=arn == created_by_stack)


def trusting_roles(arn: str, target: Target) -> list[str]:
    """Return the names of the roles in the account that trust the provider. Raises CloudError."""
    found: list[str] = []
    with translated("roles of the account"):
        for page in target.client("iam").get_paginator("list_roles").paginate():
            found += [role["RoleName"] for role in page["Roles"] if arn in str(role.get("AssumeRolePolicyDocument"))]
    return sorted(found)


def create_provider(target: Target) -> None:
    """Create the provider by a request of its own, for emulators. One that exists already is left as it is."""
    with translated(WHERE):
        try:
            target.client("iam").create_open_id_connect_provider(
                Url=f"https://{HOST}", ClientIDList=[AUDIENCE], ThumbprintList=[]
            )
        except ClientError as exc:
            if error_code(exc) != "EntityAlreadyExists":
                raise
