"""The permissions of the workflows, and the steps in jobs that may write. The scanner zizmor checks the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parent.parent / ".github/workflows"
FILES = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"- uses: [\w./-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+")


def jobs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    document = yaml.safe_load(path.read_text())
    assert document["permissions"] == {}, "a job has what it names, and no more"
    yield from document["jobs"].items()


def used(job: dict[str, Any]) -> list[str]:
    """Return the actions of a job, without their versions."""
    return [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_and_name_their_version(path: Path) -> None:
    lines = [line.strip() for line in path.read_text().splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    steps = [step for _, job in jobs(path) for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


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
