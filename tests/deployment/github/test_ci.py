"""`init ci` on an emulator: the plan, the roles and the files, repeated, changed and removed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployment.github.ci_stack import github_stack
from settings import load
from template_gen.github_roles import BOUNDARY_ARN, MAIN_ROLE_ARN, PREVIEW_ROLE_ARN
from tests.deployment.github.checkout import Checkout

pytestmark = pytest.mark.cloud

REPOSITORY = ("--repository", "octo-org@12/cv@34")
FILES = ["cloud-resume-deploy.yml", "cloud-resume-previews.yml", "cloud-resume-pull-request.yml"]


def files(checkout: Checkout) -> list[str]:
    return sorted(path.name for path in (checkout.root / ".github/workflows").glob("*.yml"))


def outputs(checkout: Checkout) -> dict[str, str]:
    return dict(github_stack(load(checkout.root / "settings.toml"), checkout.target).read().outputs)


def test_it_creates_the_roles_and_the_workflows_and_prints_the_lines_to_paste(checkout: Checkout) -> None:
    made = checkout.build("init", "ci", *REPOSITORY, "--yes")
    assert made.returncode == 0, made.stderr
    assert f"stack {checkout.name}-github: to be created" in made.stdout
    assert "role Main: may be assumed by repo:octo-org@12/cv@34:ref:refs/heads/main\n" in made.stdout
    assert "role Preview: may be assumed by repo:octo-org@12/cv@34:pull_request\n" in made.stdout
    assert "workflow + .github/workflows/cloud-resume-deploy.yml" in made.stdout
    roles = outputs(checkout)
    lines = [
        f"gh variable set AWS_PREVIEW_ROLE --repo octo-org/cv --body {roles[PREVIEW_ROLE_ARN]}",
        f"gh variable set AWS_PREVIEW_BOUNDARY --repo octo-org/cv --body {roles[BOUNDARY_ARN]}",
        f"gh variable set AWS_MAIN_ROLE --repo octo-org/cv --body {roles[MAIN_ROLE_ARN]}",
    ]
    assert [line for line in made.stdout.splitlines() if line.startswith("gh ")] == lines
    assert files(checkout) == FILES
    text = (checkout.root / ".github/workflows/cloud-resume-deploy.yml").read_text()
    assert '"us-east-1"' in text
    assert "@branch@" not in text

    again = checkout.build("init", "ci", *REPOSITORY)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines() == ["no changes; the variables of the repository:", *lines]


def test_a_change_is_shown_and_made_and_a_file_that_was_edited_is_named(checkout: Checkout) -> None:
    checkout.build("init", "ci", *REPOSITORY, "--yes")
    path = checkout.root / ".github/workflows/cloud-resume-previews.yml"
    path.write_text(path.read_text().replace('cron: "41 4', 'cron: "7 1'))
    shown = checkout.build("init", "ci", *REPOSITORY)
    assert shown.returncode == 2
    assert "error: init ci: not confirmed, so nothing was changed" in shown.stderr
    assert "workflow ~ .github/workflows/cloud-resume-previews.yml, overwritten" in shown.stdout
    assert "workflow .github/workflows/cloud-resume-deploy.yml: unchanged" in shown.stdout
    assert 'cron: "7 1' in path.read_text()
    changed = checkout.build("init", "ci", *REPOSITORY, "--branch", "live", "--yes")
    assert changed.returncode == 0, changed.stderr
    assert "ref:refs/heads/main → repo:octo-org@12/cv@34:ref:refs/heads/live" in changed.stdout
    assert 'branches: ["live"]' in (checkout.root / ".github/workflows/cloud-resume-deploy.yml").read_text()
    assert 'cron: "41 4' in path.read_text()


def test_a_workflow_of_the_users_own_is_not_overwritten(checkout: Checkout) -> None:
    path = checkout.root / ".github/workflows/cloud-resume-deploy.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("name: mine\n")
    refused = checkout.build("init", "ci", *REPOSITORY, "--yes")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "was not written by `init ci`, so it is not overwritten" in refused.stderr
    assert path.read_text() == "name: mine\n"
    assert checkout.stacks() == set()


def test_not_while_a_preview_exists(checkout: Checkout) -> None:
    """The policy that bounds its role could not be deleted."""
    checkout.build("init", "ci", *REPOSITORY, "--yes")
    made = checkout.build("deploy", "--env", "pr-7", "--yes", "--no-smoke-test")
    assert made.returncode == 0, made.stderr
    refused = checkout.build("init", "ci", "--remove", "--yes")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "previews still use its boundary: pr-7" in refused.stderr
    assert "python3 build.py destroy --env pr-7 --delete-data" in refused.stderr
    assert f"{checkout.name}-github" in checkout.stacks()
    assert files(checkout) == FILES


def test_another_branch_than_the_default_one_is_refused(checkout: Checkout) -> None:
    """GitHub runs schedules on the default branch only."""
    checkout.set_github(api={"repos/octo-org/cv": {"default_branch": "trunk"}})
    refused = checkout.build("init", "ci", *REPOSITORY, "--branch", "live", "--yes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "is not the default branch, trunk" in refused.stderr
    shown = checkout.build("init", "ci", *REPOSITORY)
    assert "role Main: may be assumed by repo:octo-org@12/cv@34:ref:refs/heads/trunk\n" in shown.stdout


def test_removal_deletes_what_was_made_and_nothing_else(checkout: Checkout) -> None:
    checkout.build("init", "ci", *REPOSITORY, "--yes")
    own = checkout.root / ".github/workflows/own.yml"
    own.write_text("name: own\n")
    asked = checkout.build("init", "ci", "--remove")
    assert asked.returncode == 2
    assert f"DELETE  stack {checkout.name}-github" in asked.stdout
    assert files(checkout) == [*FILES, "own.yml"]
    removed = checkout.build("init", "ci", "--remove", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert "gh variable delete AWS_MAIN_ROLE" in removed.stdout
    assert files(checkout) == ["own.yml"]
    assert checkout.stacks() == set()
    again = checkout.build("init", "ci", "--remove", "--yes")
    assert (again.returncode, again.stdout) == (0, "the workflows and their roles do not exist: nothing to delete\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "there is no remote origin"),
        (("--repository", "octo"), "--repository 'octo': is not a repository"),
        (("--repository", "octo/cv:*"), "is not a repository"),
        (("--repository", "octo@1/cv"), "is not a repository"),
        (("--repository", ""), "--repository '': is not a repository"),
        (("--repository", "octo/cv", "--branch", "a b"), "--branch 'a b': is not a branch that can be deployed"),
        (("--repository", "octo/cv", "--branch", "*"), "--branch '*': is not a branch"),
        (("--repository", "octo/cv", "--env", "next"), "the workflows deploy the main stack and its previews"),
        (("--repository", "octo/cv", "--settings", "other.toml"), "the workflows use settings.toml"),
        (("--remove", "--env", "next"), "the workflows deploy the main stack and its previews"),
    ],
)
def test_bad_input_is_one_error(checkout: Checkout, arguments: tuple[str, ...], words: str) -> None:
    refused = checkout.build("init", "ci", "--yes", *arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert words in refused.stderr
    assert refused.stderr.count("error:") == refused.stderr.count("next:") == 1


def test_another_region_than_that_of_the_settings(checkout: Checkout) -> None:
    settings = checkout.root / "settings.toml"
    settings.write_text(settings.read_text().replace("[stack]\n", '[stack]\nregion = "eu-west-1"\n'))
    refused = checkout.build("init", "ci", *REPOSITORY, "--region", "us-east-1", "--yes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the workflows deploy to the Region in settings.toml, eu-west-1" in refused.stderr


def test_a_stack_name_that_is_too_long_and_a_stack_of_somebody_else(checkout: Checkout) -> None:
    settings = checkout.root / "settings.toml"
    before = settings.read_text()
    settings.write_text(before.replace(checkout.name, "a-rather-long-stack-name"))
    refused = checkout.build("init", "ci", *REPOSITORY, "--yes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "is too long for previews" in refused.stderr
    settings.write_text(before)
    foreign = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation: Any = checkout.target.client("cloudformation")
    cloudformation.create_stack(StackName=f"{checkout.name}-github", TemplateBody=json.dumps(foreign))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=f"{checkout.name}-github", WaiterConfig={"Delay": 0.1}
    )
    for arguments in (REPOSITORY, ("--remove",)):
        refused = checkout.build("init", "ci", *arguments, "--yes")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "does not belong to this project, so it was not changed" in refused.stderr
