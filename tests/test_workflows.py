"""The permissions of the workflows, and the steps in jobs that may write. The scanner zizmor checks the rest.

GENERATED are the templates of those that `init ci` writes for a user's repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployment.github.workflow_files import MARK, PREFIX, render

FOLDER = Path(__file__).resolve().parent.parent / ".github/workflows"
GENERATED = sorted((FOLDER.parent.parent / "deployment/github/workflows").glob("*.yml"))
FILES = [path for path in sorted(FOLDER.glob("*.yml")) if not path.read_text().startswith(MARK)]
ALL = [*FILES, *GENERATED]
PINNED = re.compile(r"- uses: [\w./-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+")


def jobs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    document = yaml.safe_load(path.read_text())
    assert document["permissions"] == {}, "a job has what it names, and no more"
    yield from document["jobs"].items()


def used(job: dict[str, Any]) -> list[str]:
    """Return the actions of a job, without their versions."""
    return [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_name_their_version(path: Path) -> None:
    lines = [line.strip() for line in path.read_text().splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    steps = [step for _, job in jobs(path) for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_only_publishing_jobs_may_write_and_they_run_no_code_of_the_repository() -> None:
    """Code from the checkout and from packages could misuse the token."""
    writing = {
        (path.stem, name): job for path in FILES for name, job in jobs(path) if "write" in job["permissions"].values()
    }
    assert writing.keys() == {("release", "publish")}
    publish = writing["release", "publish"]
    assert publish["permissions"] == {"contents": "write"}
    assert used(publish) == ["actions/download-artifact"]
    (command,) = [step["run"] for step in publish["steps"] if "run" in step]
    assert command.startswith('gh release create "$TAG" ')
    assert not re.search(r"python|bash|\./", command)


def test_a_release_publishes_the_artifact_of_the_build() -> None:
    release = dict(jobs(FOLDER / "release.yml"))
    build, publish = release["build"], release["publish"]
    assert build["permissions"] == {"contents": "read"}
    assert publish["needs"] == "build"
    (given,) = [step["with"] for step in build["steps"] if step.get("uses", "").startswith("actions/upload-artifact@")]
    (taken,) = [step["with"] for step in publish["steps"] if "uses" in step]
    assert (given["name"], given["if-no-files-found"]) == (taken["name"], "error")
    (command,) = [step["run"] for step in publish["steps"] if "run" in step]
    handed_over = [Path(one).name for one in given["path"].split()]
    assert handed_over == ["router.zip", "template.json", "sbom.json"]
    assert re.findall(rf"{taken['path']}/(\S+)", command) == handed_over


def generated_jobs() -> dict[str, dict[str, Any]]:
    return {f"{path.stem.removeprefix(PREFIX)} {name}": job for path in GENERATED for name, job in jobs(path)}


GENERATED_JOBS = generated_jobs()
ASSUME = "aws-actions/configure-aws-credentials"
OURS = "github.event.pull_request.head.repo.full_name == github.repository"


def test_the_generated_workflows_store_no_key_and_interpolate_nothing_into_scripts() -> None:
    for path in GENERATED:
        text = path.read_text()
        assert text.startswith(MARK)
        assert not re.search(r"secrets\.|AWS_ACCESS_KEY|AWS_SECRET|pull_request_target|workflow_run", text)
        assert "concurrency" in yaml.safe_load(text)
    scripts = [step["run"] for job in GENERATED_JOBS.values() for step in job["steps"] if "run" in step]
    assert len(scripts) > 8
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("name", GENERATED_JOBS)
def test_a_generated_job_has_an_identity_only_to_assume_a_role(name: str) -> None:
    job = GENERATED_JOBS[name]
    assert (job["permissions"].get("id-token") == "write") == (ASSUME in used(job))
    assert job["timeout-minutes"] <= 60
    assert "environment" not in job  # it would change the subject of the token


def test_a_generated_job_that_writes_has_no_checkout_and_no_identity() -> None:
    writing = {name for name, job in GENERATED_JOBS.items() if job["permissions"].get("pull-requests") == "write"}
    assert writing == {"pull-request comment-plan", "pull-request comment-preview"}
    for name in writing:
        assert GENERATED_JOBS[name]["permissions"] == {"pull-requests": "write"}
        assert used(GENERATED_JOBS[name]) == ["actions/download-artifact"]


def test_a_fork_gets_the_tests_and_no_credentials() -> None:
    of_forks = {name for name, job in GENERATED_JOBS.items() if name.startswith("pull") and OURS not in job["if"]}
    assert of_forks == {"pull-request test", "pull-request comment-plan", "pull-request comment-preview"}
    assert GENERATED_JOBS["pull-request test"]["permissions"] == {"contents": "read"}
    assert {GENERATED_JOBS[f"pull-request comment-{one}"]["needs"] for one in ("plan", "preview")} == {
        "plan",
        "preview",
    }


def test_a_bot_gets_no_plan_and_no_preview() -> None:
    for name in ("plan", "preview"):
        assert "github.event.pull_request.user.type != 'Bot'" in GENERATED_JOBS[f"pull-request {name}"]["if"]


def test_a_comment_needs_what_it_shows() -> None:
    for name in ("plan", "preview"):
        job = GENERATED_JOBS[f"pull-request {name}"]
        assert job["outputs"] == {"written": f"${{{{ steps.{name}.outputs.written }}}}"}
        (upload,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact@")]
        assert upload["if"] == f"always() && hashFiles('{name}.md') != ''"
        commenting = GENERATED_JOBS[f"pull-request comment-{name}"]
        assert commenting["if"] == f"always() && needs.{name}.outputs.written == 'true'"


def test_a_preview_needs_its_boundary() -> None:
    assert "vars.AWS_PREVIEW_BOUNDARY != ''" in GENERATED_JOBS["pull-request preview"]["if"]


def test_only_the_deployed_branch_uses_its_role() -> None:
    deploying = [name for name, job in GENERATED_JOBS.items() if "AWS_MAIN_ROLE" in str(job)]
    assert deploying == ["deploy deploy"]
    assert "github.ref == 'refs/heads/@branch@'" in GENERATED_JOBS["deploy deploy"]["if"]
    assert GENERATED_JOBS["deploy deploy"]["needs"] == "test"
    (script,) = [step["run"] for step in GENERATED_JOBS["deploy deploy"]["steps"] if "run" in step]
    assert "--rollback-on-smoke-failure" in script


def test_the_versions_are_those_of_our_own_workflows() -> None:
    """Renovate updates both; the template's actions that we use too have the same commit."""

    def pins(paths: list[Path]) -> dict[str, str]:
        found = re.findall(r"uses: ([\w./-]+)@(\S+)", "\n".join(path.read_text() for path in paths))
        assert len(set(found)) == len(dict(found))
        return dict(found)

    ours, generated = pins(FILES), pins(GENERATED)
    assert {name: ours.get(name, commit) for name, commit in generated.items()} == generated


def test_a_region_that_botocore_does_not_list_is_admitted() -> None:
    for text in render("main", "eu-nowhere-1").values():
        assert yaml.safe_load(text)["env"] == {"UNLISTED_REGION": "eu-nowhere-1"}
    for text in render("main", "eusc-de-east-1").values():
        assert "env" not in yaml.safe_load(text)
