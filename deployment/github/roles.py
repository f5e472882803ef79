"""The access of the two roles: who may assume them, and what they may do.

    preview   pull requests, and the scheduled removal on the main branch. It deploys and destroys the environments
              `pr-N` and no others, and reads what a plan of the main stack shows. The roles that it creates have a
              permissions boundary, as it could otherwise give one of them, and so itself, any permission
    main      the main branch alone. It is the deploy role of the main stack (deployment/role)

Previews are recognized by their names. CloudFormation shortens long names, after which those of a preview and of the
main stack would be alike; a stack name that is too long for that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from deployment.github.repository import Repository
from deployment.github.workflow_files import DEPLOY
from deployment.operations.environments import PREVIEWS, in_environment
from deployment.role.deploy_policy import OURS, Condition, Grant, Place, documents, grants, keeps_full_names
from errors import SettingsError
from settings import Settings
from template_gen import names
from template_gen.github_roles import Access, boundary_path

_HIGHEST = f"{PREVIEWS}99999"
_ANY = f"{PREVIEWS}*"

CHANGE_SET = ("cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:DeleteChangeSet")
"""What a plan does in the main stack. A change set changes nothing until it is executed, which is not allowed."""

ROUTER_ON_TABLES = tuple(
    f"dynamodb:{action}"
    for action in (
        *("BatchGetItem", "BatchWriteItem", "DeleteItem", "DescribeStream", "GetRecords", "GetShardIterator"),
        *("PutItem", "Scan", "UpdateItem"),
    )
)
"""What the router does with its tables. A test compares it with the router's role."""

CLAIMS_IN = ("aws",)
"""Partitions in which STS evaluates GitHub's own claims. Source: "Available keys for AWS OIDC federation", IAM User
Guide, and the announcement of January 2026, which names the commercial Regions."""

READ = ("*:Get*", "*:List*", "*:Describe*", "cloudformation:Detect*")
NOT_FOR_PLANS = (
    *("dynamodb:GetItem", "s3:GetObjectVersion", "logs:Get*", "lambda:GetFunctionConfiguration"),
    *("cloudfront:GetInvalidation", "route53:GetChange", *CHANGE_SET),
)
"""Contents that neither a plan nor drift detection needs: items of the tables, log entries, earlier versions."""


def preview_access(settings: Settings, repository: Repository, branch: str, place: Place) -> Access:
    """Return the access of previews and plans. Raises SettingsError when the stack's name is too long."""
    allowed = [*previews(settings, place), *plans(settings, place), listing(settings, place)]
    subjects = [repository.pull_requests, repository.branch(branch)]
    return Access(subjects, documents(_merged(allowed)), _repository_id(repository, place))


def main_access(settings: Settings, repository: Repository, branch: str, place: Place) -> Access:
    """Return the access of the main branch: of the workflow that deploys, and not of others on the branch."""
    workflow = {"job_workflow_ref": repository.workflow(DEPLOY, branch)} if place.partition in CLAIMS_IN else {}
    claims = {**workflow, **_repository_id(repository, place)}
    return Access([repository.branch(branch)], documents(grants(settings, place)), claims)


def previews(settings: Settings, place: Place) -> Iterator[Grant]:
    """Yield the grants of all environments of pull requests. Raises SettingsError when the stack's name is too long."""
    one = in_environment(settings, _HIGHEST)
    bounded = f"arn:{place.partition}:iam::{place.account}:policy{boundary_path(settings)}*"
    one = replace(one, stack=replace(one.stack, permissions_boundary=bounded))
    if not keeps_full_names(one):
        raise SettingsError(
            "settings.toml: stack.name",
            f"{settings.stack.name!r} is too long for previews: CloudFormation would shorten the names of their "
            "resources, so that their role could not tell them from those of the main stack",
            "choose a shorter name, of at most 15 characters; the stack of the old name has to be destroyed",
        )
    for grant in grants(one, place):
        yield replace(
            grant,
            resources=tuple(map(_any_number, grant.resources)),
            condition=_any_number_in(grant.condition),
        )


def boundary(settings: Settings, place: Place) -> dict[str, Any]:
    """Return the policy of the permissions boundary of previews: what the router of any of them may do at most."""
    p, r, a, stack = place.partition, place.region, place.account, f"{settings.stack.name}-{_ANY}"
    tables = [
        f"arn:{p}:dynamodb:{r}:{a}:table/{stack}-{name}-*" for name in (names.CONNECTION_IDS, names.VISITOR_COUNTS)
    ]
    allowed = {
        ROUTER_ON_TABLES: tables,
        ("dynamodb:ListStreams",): ["*"],  # as the Service Authorization Reference has it
        ("sqs:SendMessage",): [f"arn:{p}:sqs:{r}:{a}:{stack}-{names.UNDELIVERED}-*"],
        ("s3:PutObject",): [f"arn:{p}:s3:::{stack}/*"],
        ("logs:CreateLogStream", "logs:PutLogEvents"): [f"arn:{p}:logs:{r}:{a}:log-group:/aws/lambda/{stack}-router:*"],
        ("lambda:InvokeFunction",): [f"arn:{p}:lambda:{r}:{a}:function:{stack}-router"],
        ("execute-api:ManageConnections",): [f"arn:{p}:execute-api:{r}:{a}:*/{names.STAGE}/POST/@connections/*"],
    }
    granted = [Grant(actions, tuple(resources)) for actions, resources in allowed.items()]
    return {"Version": "2012-10-17", "Statement": [one.statement() for one in granted]}


def listing(settings: Settings, place: Place) -> Grant:
    """Return the grant of `environments`, which recognizes every environment by its template."""
    stacks = f"arn:{place.partition}:cloudformation:{place.region}:{place.account}:stack/{settings.stack.name}-*/*"
    return Grant(("cloudformation:GetTemplate",), (stacks,))


def plans(settings: Settings, place: Place) -> Iterator[Grant]:
    """Yield the grants of a plan of the main stack and of its drift detection."""
    for grant in grants(settings, place):
        reads = tuple(one for one in grant.actions if _like(one, READ) and not _like(one, NOT_FOR_PLANS))
        reads += ("apigateway:GET",) if "apigateway:GET" in grant.actions else ()
        if reads and not grant.condition:
            yield Grant(reads, grant.resources)
        if CHANGE_SET[0] in grant.actions:
            yield Grant(CHANGE_SET, grant.resources)
        if "s3:GetObject" in grant.actions:
            yield Grant(("s3:GetObject",), grant.resources)


def _repository_id(repository: Repository, place: Place) -> dict[str, str]:
    return {"repository_id": repository.id} if repository.id and place.partition in CLAIMS_IN else {}


def _any_number(text: str) -> str:
    return text.replace(_HIGHEST, _ANY)


def _any_number_in(condition: Condition) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for operator, keys in condition.items():
        values = {
            key: _any_number(value) if isinstance(value, str) else [_any_number(one) for one in value]
            for key, value in keys.items()
        }
        found["StringLike" if OURS in values else operator] = values
    return found


def _merged(given: Iterable[Grant]) -> list[Grant]:
    """Return the grants with the actions of equal resources and conditions together."""
    found: dict[str, Grant] = {}
    for grant in given:
        key = repr((grant.resources, grant.condition))
        known = found.get(key, replace(grant, actions=()))
        found[key] = replace(grant, actions=tuple(sorted({*known.actions, *grant.actions})))
    return list(found.values())


def _like(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)
