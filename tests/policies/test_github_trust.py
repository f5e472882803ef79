"""Whose tokens the roles of the GitHub workflows trust: their own subjects, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from deployment.github.roles import main_access, preview_access
from template_gen.github_roles import AUDIENCE, HOST, MAIN, PREVIEW
from tests.policies.evaluator import ACCOUNT, REGION
from tests.policies.github import IDS, PLACE, PROVIDER, repository, template
from tests.policies.test_deploy_role import settings_of
from tests.policies.trust import ACTION, is_trusted

OF_MAIN, OF_PULL_REQUESTS = f"repo:{IDS}:ref:refs/heads/main", f"repo:{IDS}:pull_request"


def trust(role: str, text: str = IDS, branch: str = "main") -> Any:
    """Return the trust policy of a role as deployed."""
    policy = template(text, branch)["Resources"][f"{role}Role"]["Properties"]["AssumeRolePolicyDocument"]
    sub = policy["Statement"][0]["Principal"]["Federated"]["Fn::Sub"]
    arn = sub.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", ACCOUNT)
    return json.loads(json.dumps(policy).replace(json.dumps({"Fn::Sub": sub}), json.dumps(arn)))


WORKFLOW = "octo-org/octo-repo/.github/workflows/cloud-resume-deploy.yml@refs/heads/main"
OTHERS = {"job_workflow_ref": WORKFLOW, "repository_id": "456789"}
"""Claims of a deploy besides subject and audience."""


def trusted(
    role: str, sub: str | None, aud: str | None = AUDIENCE, more: Mapping[str, str] = OTHERS, **options: Any
) -> bool:
    claims = {key: value for key, value in (("sub", sub), ("aud", aud)) if value is not None}
    return is_trusted(trust(role, **options), PROVIDER, HOST, {**more, **claims})


FOREIGN = {
    # other events, branches and tags of the repository
    "a tag": f"repo:{IDS}:ref:refs/tags/main",
    "a release tag": f"repo:{IDS}:ref:refs/tags/v1.0.0",
    "another branch": f"repo:{IDS}:ref:refs/heads/feature",
    "a longer branch": f"repo:{IDS}:ref:refs/heads/main2",
    "a branch below": f"repo:{IDS}:ref:refs/heads/main/x",
    "a branch that ends so": f"repo:{IDS}:ref:refs/heads/x/main",
    "a branch named like a ref": f"repo:{IDS}:ref:refs/heads/refs/heads/main",
    "a shorter branch": f"repo:{IDS}:ref:refs/heads/mai",
    "the head of a pull request": f"repo:{IDS}:ref:refs/pull/7/head",
    "the merge of a pull request": f"repo:{IDS}:ref:refs/pull/7/merge",
    "a bare ref": f"repo:{IDS}:ref:main",
    "an environment": f"repo:{IDS}:environment:production",
    "an environment named as the branch": f"repo:{IDS}:environment:main",
    "an environment with the subject in it": f"repo:{IDS}:environment:x%3Aref%3Arefs/heads/main",
    "an environment named pull_request": f"repo:{IDS}:environment:pull_request",
    "more after it": f"repo:{IDS}:pull_request:ref:refs/heads/main",
    "a merge queue": f"repo:{IDS}:ref:refs/heads/gh-readonly-queue/main/pr-7-0123",
    # other repositories and owners
    "a fork": "repo:mallory@999/octo-repo@888:pull_request",
    "a fork's main": "repo:mallory@999/octo-repo@888:ref:refs/heads/main",
    "the names without their ids": "repo:octo-org/octo-repo:ref:refs/heads/main",
    "the names without their ids, a pull request": "repo:octo-org/octo-repo:pull_request",
    "the names with other ids": "repo:octo-org@999/octo-repo@888:ref:refs/heads/main",
    "the owner recycled": "repo:octo-org@999/octo-repo@456789:ref:refs/heads/main",
    "the repository recycled": "repo:octo-org@123456/octo-repo@888:ref:refs/heads/main",
    "a longer id": "repo:octo-org@123456/octo-repo@4567890:ref:refs/heads/main",
    "another repository with the prefix": "repo:octo-org@123456/octo-repo-2@456789:ref:refs/heads/main",
    "another repository that ends so": "repo:octo-org@123456/my-octo-repo@456789:ref:refs/heads/main",
    "another owner with the prefix": "repo:octo-org-2@123456/octo-repo@456789:ref:refs/heads/main",
    "a reusable workflow's claim": f"repo:{IDS}:job_workflow_ref:{IDS}/.github/workflows/x.yml@refs/heads/main",
    "an organization's own template": "repository_owner_id:123456:ref:refs/heads/main",
    # letter case, white space, wildcards, nothing
    "the owner in capitals": "repo:Octo-Org@123456/octo-repo@456789:ref:refs/heads/main",
    "the repository in capitals": "repo:octo-org@123456/Octo-Repo@456789:ref:refs/heads/main",
    "the branch in capitals": f"repo:{IDS}:ref:refs/heads/Main",
    "the event in capitals": f"repo:{IDS}:Pull_Request",
    "the prefix in capitals": f"REPO:{IDS}:ref:refs/heads/main",
    "a space before": f" repo:{IDS}:ref:refs/heads/main",
    "a line after": f"repo:{IDS}:ref:refs/heads/main\n",
    "a zero byte": f"repo:{IDS}:ref:refs/heads/main\0",
    "a star": f"repo:{IDS}:*",
    "a star for all": "*",
    "question marks": f"repo:{IDS}:ref:refs/heads/????",
    "a look-alike letter": f"repo:{IDS}:ref:refs/heads/m\u0430in",
    "an empty subject": "",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_no_other_subject_is_trusted(what: str) -> None:
    assert not trusted(MAIN, FOREIGN[what])
    assert not trusted(PREVIEW, FOREIGN[what])


def test_there_are_enough_of_them() -> None:
    assert len(set(FOREIGN.values())) == len(FOREIGN) > 40


@pytest.mark.parametrize(
    "aud", [None, "", "https://github.com/octo-org", "sts.amazonaws.com.evil.example", "STS.amazonaws.com"]
)
def test_no_other_audience_is_trusted(aud: str | None) -> None:
    assert not trusted(MAIN, OF_MAIN, aud)
    assert not trusted(PREVIEW, OF_PULL_REQUESTS, aud)


def test_a_token_without_a_subject_is_not_trusted() -> None:
    assert not trusted(MAIN, None)
    assert not trusted(PREVIEW, None)


def test_each_role_trusts_its_own_subjects() -> None:
    assert trusted(MAIN, OF_MAIN)
    assert not trusted(MAIN, OF_PULL_REQUESTS)
    assert trusted(PREVIEW, OF_PULL_REQUESTS)
    assert trusted(PREVIEW, OF_MAIN)  # removes old previews on a schedule


@pytest.mark.parametrize(
    "workflow",
    [
        # Of the branch too, as all that runs on it, such as a workflow on pull_request_target or on a schedule.
        WORKFLOW.replace("cloud-resume-deploy", "labels"),
        WORKFLOW.replace("cloud-resume-deploy", "cloud-resume-previews"),
        WORKFLOW.replace("main", "feature"),
        WORKFLOW.replace("refs/heads/main", "refs/pull/7/merge"),
        WORKFLOW.replace("octo-org", "mallory"),
        "",
    ],
)
def test_only_the_workflow_that_deploys_may_deploy(workflow: str) -> None:
    assert not trusted(MAIN, OF_MAIN, more={**OTHERS, "job_workflow_ref": workflow})
    assert trusted(PREVIEW, OF_MAIN, more={**OTHERS, "job_workflow_ref": workflow})


def test_the_id_of_the_repository_is_part_of_both_if_it_is_known() -> None:
    for role in (MAIN, PREVIEW):
        assert not trusted(role, OF_MAIN, more={**OTHERS, "repository_id": "888"})
        assert not trusted(role, OF_MAIN, more={"job_workflow_ref": WORKFLOW})
        assert f"{HOST}:repository_id" not in json.dumps(trust(role, "octo-org/octo-repo"))


def test_other_partitions_have_no_such_claims() -> None:
    place = replace(PLACE, partition="aws-us-gov")
    for make in (main_access, preview_access):
        assert make(settings_of(), repository(), "main", place).claims == {}


def test_names_without_ids_and_another_branch() -> None:
    older: dict[str, Any] = {"text": "octo-org/octo-repo", "branch": "live"}
    live = {"job_workflow_ref": WORKFLOW.replace("main", "live")}
    assert trusted(MAIN, "repo:octo-org/octo-repo:ref:refs/heads/live", more=live, **older)
    assert not trusted(MAIN, "repo:octo-org/octo-repo:ref:refs/heads/live", **older)
    assert not trusted(MAIN, "repo:octo-org/octo-repo:ref:refs/heads/main", **older)
    assert not trusted(MAIN, f"repo:{IDS}:ref:refs/heads/live", **older)
    assert not trusted(PREVIEW, OF_PULL_REQUESTS, **older)


def test_another_provider_is_not_trusted() -> None:
    claims = {"sub": OF_MAIN, "aud": AUDIENCE, **OTHERS}
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    assert is_trusted(trust(MAIN), PROVIDER, HOST, claims)
    assert not is_trusted(trust(MAIN), other, HOST, claims)
    assert not is_trusted(trust(MAIN), PROVIDER, "gitlab.com", claims)


def test_the_list_would_notice_a_policy_that_trusts_too_much() -> None:
    wide = json.loads(
        json.dumps(trust(MAIN)).replace(OF_MAIN, "repo:octo-org*:*").replace("StringEquals", "StringLike")
    )
    caught = [
        what
        for what, sub in FOREIGN.items()
        if is_trusted(wide, PROVIDER, HOST, {"sub": sub, "aud": AUDIENCE, **OTHERS})
    ]
    assert len(caught) > 15


def test_the_emulators_evaluator_agrees() -> None:
    """One by other authors."""
    policies = {role: trust(role) for role in (MAIN, PREVIEW)}
    for role, policy in policies.items():
        for sub in (*FOREIGN.values(), OF_MAIN, OF_PULL_REQUESTS):
            for aud in (AUDIENCE, "https://github.com/octo-org"):
                claims = {"sub": sub, "aud": aud, **OTHERS}
                expected = is_trusted(policy, PROVIDER, HOST, claims)
                context = EvalContext(
                    principal_arn=PROVIDER, principal_type="WebIdentityUser", principal_account=ACCOUNT, action=ACTION,
                    resource_arn="*", region=REGION,
                    service_context={f"{HOST}:{key}": value for key, value in claims.items()},
                )  # fmt: skip
                assert evaluate_trust_policy(policy, PROVIDER, context) == expected, f"{role}: {claims}"
