"""The scripts in the steps of the generated workflows, run against the emulator and a stand-in for GitHub's CLI."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.stack.stack import Stack
from tests.deployment.github.checkout import Checkout
from tests.local_system import free_port

pytestmark = pytest.mark.cloud

BOUNDARY = "arn:aws:iam::000000000000:policy/cv-previews/x"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def repository(checkout: Checkout) -> Checkout:
    """A checkout with the workflows."""
    made = checkout.build("init", "ci", "--repository", "octo-org@12/cv@34", "--yes")
    assert made.returncode == 0, made.stderr
    return checkout


@pytest.mark.parametrize("workflow", ["pull-request", "deploy"])
def test_the_site_runs_on_the_embedded_cloud(repository: Checkout, workflow: str) -> None:
    done = repository.step(workflow, "test", "Run the site on the embedded cloud", PORT=str(free_port()))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ready: http://localhost:" in done.stdout
    assert (repository.root / "page.html").read_text() == "<h1>One</h1>"


def test_a_site_that_cannot_run_fails_the_job(repository: Checkout) -> None:
    (repository.root / "mysite/index.html").unlink()
    done = repository.step("deploy", "test", "Run the site on the embedded cloud", PORT=str(free_port()))
    assert done.returncode != 0
    assert "error: " in done.stdout


def plan(checkout: Checkout) -> Any:
    return checkout.step("pull-request", "plan", "Plan", COMMIT=COMMIT)


def comment(checkout: Checkout, what: str) -> None:
    done = checkout.step("pull-request", f"comment-{what}", "Write or update the comment", GH_TOKEN="t", NUMBER="7")
    assert done.returncode == 0, done.stderr


def test_main_deploys_and_a_pull_request_shows_its_plan_in_one_comment(repository: Checkout) -> None:
    repository.set_github(comments={"7": [{"id": 1, "login": "mallory", "body": "<!-- cloud-resume: plan --> mine"}]})
    assert plan(repository).returncode == 0
    comment(repository, "plan")
    foreign, first = repository.comments(7)
    assert "mine" in foreign
    assert first.startswith("<!-- cloud-resume: plan -->\n### Plan for the main stack, at 0123456789ab\n")
    assert f"    plan for {repository.name} in us-east-1:" in first
    assert "to be created" in first

    deployed = repository.step("deploy", "deploy", "Deploy, test the result, roll back if it fails")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert "smoke test: page" in deployed.stdout
    assert f"{repository.name}" in repository.stacks()

    (repository.root / "mysite/index.html").write_text("<h1>```Two``` <script></h1>")
    (repository.root / "mysite/```<b>.html").write_text("x")
    assert plan(repository).returncode == 0
    comment(repository, "plan")
    foreign, second = repository.comments(7)
    assert "    + ```<b>.html" in second
    assert "    drift: none" in second
    assert "$" in second
    assert all(line.startswith("    ") for line in second.splitlines()[3:] if line)


def test_a_plan_that_fails_is_shown_and_fails_the_job(repository: Checkout) -> None:
    (repository.root / "settings.toml").write_text("[stack]\nname = 5\n")
    failed = plan(repository)
    assert failed.returncode == 1
    comment(repository, "plan")
    (shown,) = repository.comments(7)
    assert "The plan failed." in shown
    assert "    error: " in shown
    assert "stack.name" in shown


@pytest.mark.parametrize("code", [0, 1, 2, 70, 130, 137, 141])
def test_only_a_plan_is_a_success(repository: Checkout, code: int) -> None:
    """A process that is killed has another exit code than one that fails, and an error of the command has that of a
    plan with changes."""
    (repository.root / "build.py").write_text(f"import sys\nprint('error: no plan for you')\nsys.exit({code})\n")
    failed = plan(repository)
    assert failed.returncode == 1
    comment(repository, "plan")
    assert "The plan failed." in repository.comments(7)[0]
    (repository.root / "build.py").write_text(f"import sys\nprint('plan for cv:')\nsys.exit({code})\n")
    assert (plan(repository).returncode == 0) == (code in (0, 2))


def test_a_preview_is_deployed_updated_shown_and_removed(repository: Checkout) -> None:
    def deploy() -> None:
        done = repository.step(
            "pull-request", "preview", "Deploy the preview", COMMIT=COMMIT, NUMBER="7", BOUNDARY=BOUNDARY
        )
        assert done.returncode == 0, done.stdout + done.stderr
        comment(repository, "preview")

    deploy()
    deploy()
    (shown,) = repository.comments(7)
    assert shown.startswith("<!-- cloud-resume: preview -->\n### Preview pr-7, at 0123456789ab\n")
    assert "    Live: https://" in shown
    role = Stack(f"{repository.name}-pr-7", repository.target).template()["Resources"]["RouterRole"]["Properties"]
    assert role["PermissionsBoundary"] == BOUNDARY
    preview = {f"{repository.name}-pr-7", f"{repository.name}-pr-7-artifacts"}
    assert repository.stacks() == {f"{repository.name}-github", *preview}
    removed = repository.step("pull-request", "remove", "Destroy the preview", NUMBER="7")
    assert removed.returncode == 0, removed.stderr
    assert repository.stacks() == {f"{repository.name}-github"}
    assert repository.step("pull-request", "remove", "Destroy the preview", NUMBER="8").returncode == 0


def test_a_preview_that_fails_is_shown_and_fails_the_job(repository: Checkout) -> None:
    (repository.root / "mysite/index.html").unlink()
    done = repository.step(
        "pull-request", "preview", "Deploy the preview", COMMIT=COMMIT, NUMBER="7", BOUNDARY=BOUNDARY
    )
    assert done.returncode != 0
    comment(repository, "preview")
    (shown,) = repository.comments(7)
    assert "The deploy failed." in shown
    assert "    error: " in shown


def test_previews_of_closed_pull_requests_are_removed(repository: Checkout) -> None:
    name = "Destroy previews of closed pull requests"
    for number in (7, 8, 9):
        made = repository.build("deploy", "--env", f"pr-{number}", "--yes", "--no-smoke-test")
        assert made.returncode == 0, made.stderr
    assert repository.build("deploy", "--env", "next", "--yes", "--no-smoke-test").returncode == 0
    repository.set_github(pulls={"7": "closed", "8": "open"})
    done = repository.step("previews", "remove", name, GH_TOKEN="t")
    assert done.returncode == 0, done.stderr
    assert "pr-7: the pull request is closed" in done.stdout
    assert "pr-9: the pull request is unknown" in done.stdout
    kept = {f"{repository.name}-{one}" for one in ("next", "pr-8", "pr-9")}
    assert repository.stacks() == {f"{repository.name}-github", *kept, *(f"{one}-artifacts" for one in kept)}
