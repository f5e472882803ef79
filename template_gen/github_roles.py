"""The roles of the GitHub workflows, a separate stack: one for previews and plans, one that deploys the main branch.

GitHub signs a token for each job that asks for one, and AWS STS exchanges it for temporary credentials of a role whose
trust policy matches the token's claims: audience, subject, the repository's ID, and for deploys the workflow. No key is
stored. All are compared with StringEquals, which is case-sensitive and knows no wildcards, and a missing claim does not
match.

Sources, looked up in November 2026: "OpenID Connect reference" (subjects) and "Configuring OpenID Connect in Amazon Web
Services" (provider URL and audience), GitHub Docs; "IAM JSON policy elements: Condition operators", IAM User Guide;
"AWS STS now supports validation of select identity provider specific claims", AWS What's New, January 2026
(job_workflow_ref, repository_id); UpdateOpenIDConnectProviderThumbprint, IAM API Reference: AWS verifies the provider's
certificate by its own library of trusted CAs, so no thumbprint is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from awacs import sts
from awacs.aws import Allow, Condition, PolicyDocument, Principal, Statement, StringEquals
from troposphere import GetAtt, Output, Ref, Sub, Template, iam

from settings import Settings
from template_gen.acceptance import Accepted
from template_gen.tagging import tag_everything

DESCRIPTION = "The roles of the resume's GitHub workflows"
HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

PROVIDER = "GitHub"
PREVIEW, MAIN = "Preview", "Main"
BOUNDARY = "PreviewBoundary"
BOUNDARY_ARN = "PreviewBoundaryArn"
PREVIEW_ROLE_ARN, MAIN_ROLE_ARN = f"{PREVIEW}RoleArn", f"{MAIN}RoleArn"

ACCEPTED = [
    Accepted(
        (f"{PREVIEW}Policy1", f"{MAIN}Policy1"),
        ("AwsSolutions-IAM5[Resource::*]",),
        "lists of the account and a few creations support no resource; docs/deploy-role.md names them",
    ),
]


@dataclass(frozen=True)
class Access:
    """The access of one role. subjects: the `sub` claims that may assume it. policies: documents, each of which fits a
    managed policy. claims: others that a token has to have, name -> value.
    """

    subjects: Sequence[str]
    policies: Sequence[Mapping[str, Any]]
    claims: Mapping[str, str] = field(default_factory=dict)


def boundary_path(settings: Settings) -> str:
    """Return the path of the policy that bounds the roles of previews. They are allowed any policy in it, as its name
    is generated; only administrators create policies."""
    return f"/{settings.stack.name}-previews/"


def generate_github_roles(
    settings: Settings, preview: Access, main: Access, boundary: Mapping[str, Any], *, with_provider: bool
) -> Template:
    """Return the template. boundary: the policy document that bounds the roles of previews.

    with_provider: False if the account has the provider already, as a second one cannot exist.
    """
    template = Template(Description=DESCRIPTION)
    if with_provider:
        template.add_resource(iam.OIDCProvider(PROVIDER, Url=f"https://{HOST}", ClientIdList=[AUDIENCE]))
    provider = (
        GetAtt(PROVIDER, "Arn")
        if with_provider
        else Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{HOST}")
    )
    for name, access in ((PREVIEW, preview), (MAIN, main)):
        _add_role(template, name, access, provider)
    bounding = iam.ManagedPolicy(BOUNDARY, Path=boundary_path(settings), PolicyDocument=dict(boundary))
    template.add_resource(bounding)
    template.add_output(Output(BOUNDARY_ARN, Description="Bounds the roles of previews", Value=Ref(bounding)))
    tag_everything(template, settings)
    return template


def _add_role(template: Template, name: str, access: Access, provider: object) -> None:
    policies = [
        template.add_resource(iam.ManagedPolicy(f"{name}Policy{number}", PolicyDocument=dict(document)))
        for number, document in enumerate(access.policies, 1)
    ]
    role = iam.Role(
        f"{name}Role",
        AssumeRolePolicyDocument=_trust(access, provider),
        ManagedPolicyArns=[Ref(policy) for policy in policies],
    )
    template.add_resource(role)
    template.add_output(Output(f"{name}RoleArn", Description="The role of these workflows", Value=GetAtt(role, "Arn")))


def _trust(access: Access, provider: object) -> PolicyDocument:
    claims = {"aud": AUDIENCE, "sub": list(access.subjects), **access.claims}
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Effect=Allow,
                Principal=Principal("Federated", provider),
                Action=[sts.AssumeRoleWithWebIdentity],
                Condition=Condition(StringEquals({f"{HOST}:{name}": value for name, value in claims.items()})),
            )
        ],
    )
