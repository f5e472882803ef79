"""The GitHub repository of this checkout, and the subjects of the tokens that GitHub signs for its workflows.

    repo:OWNER/NAME:pull_request                       a job of a pull request
    repo:OWNER/NAME:ref:refs/heads/BRANCH              any other job of a branch
    repo:OWNER@OWNER-ID/NAME@REPOSITORY-ID:…           the same, immutable

The immutable form is the default of repositories that were created, renamed or transferred after July 15, 2026; others
may opt in. A trust policy has to name the form that the repository uses, so it is read from GitHub by its CLI.

Sources, looked up in November 2026: "OpenID Connect reference", GitHub Docs (subjects, immutable subject claims);
"Immutable subject claims for GitHub Actions OIDC tokens", GitHub Changelog, 2026-04-23. The API's fields
use_immutable_subject and sub_claim_prefix are as public repositories quote them; docs/real-account.md has the check.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from errors import UsageError

_OWNER, _NAME, _ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", r"(?!\.{1,2}(?:@|$))[A-Za-z0-9._-]{1,100}", r"[1-9][0-9]{0,19}"
_PLAIN = re.compile(rf"(?P<owner>{_OWNER})/(?P<name>{_NAME})")
_IMMUTABLE = re.compile(rf"(?P<owner>{_OWNER})@(?P<owner_id>{_ID})/(?P<name>{_NAME})@(?P<id>{_ID})")
_REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)(?:ssh\.)?github\.com(?::443)?[/:](?P<path>[^/]+/[^/]+?)(?:\.git)?/?"
)
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")

Run = Callable[[Sequence[str]], str | None]
"""Runs a program and returns its output; None if it fails or does not exist."""


@dataclass(frozen=True)
class Repository:
    """A repository on github.com. claim: its name as in a subject, with the IDs if those are immutable.
    id: "" if it is not known.
    """

    owner: str
    name: str
    claim: str
    id: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def pull_requests(self) -> str:
        """Return the subject of a job of a pull request that references no environment."""
        return f"repo:{self.claim}:pull_request"

    def branch(self, branch: str) -> str:
        """Return the subject of any other job of `branch` that references no environment."""
        return f"repo:{self.claim}:ref:refs/heads/{branch}"

    def workflow(self, file: str, branch: str) -> str:
        """Return the claim job_workflow_ref of a job in the workflow `file` of `branch`."""
        return f"{self.full_name}/.github/workflows/{file}@refs/heads/{branch}"


def parse(text: str) -> Repository | None:
    """Return the repository written as OWNER/NAME or OWNER@ID/NAME@ID; None for anything else."""
    found = _PLAIN.fullmatch(text) or _IMMUTABLE.fullmatch(text)
    return Repository(found["owner"], found["name"], text, found.groupdict().get("id", "")) if found else None


def repository_of(given: str | None, root: Path, run: Run | None = None) -> Repository:
    """Return the repository `given` with --repository, else the one of the remote `origin` of the checkout at `root`.

    Raises UsageError when it is invalid or unknown.
    """
    if given is not None:
        return _given(given)
    run = run or runner(root)
    remote = (run(["git", "remote", "get-url", "origin"]) or "").strip()
    found = _REMOTE.fullmatch(remote)
    plain = parse(found["path"]) if found else None
    if plain is None:
        what = (
            f"the remote origin is {remote!r}, not a repository on github.com"
            if remote
            else "there is no remote origin"
        )
        raise UsageError("init ci", what, "add the remote (git remote add origin URL), or give --repository OWNER/NAME")
    return _as_github_has_it(plain, run)


def require_top_folder(root: Path, run: Run | None = None) -> None:
    """Raise UsageError if the checkout has another top folder: GitHub reads workflows there, and runs them there."""
    top = ((run or runner(root))(["git", "rev-parse", "--show-toplevel"]) or "").strip()
    if top and Path(top).resolve() != root.resolve():
        raise UsageError(
            "init ci",
            f"build.py is in a subfolder of the repository {top}, where GitHub runs no workflows",
            "move the project to the top of a repository of its own",
        )


def deployed_branch(given: str | None, repository: Repository, root: Path, run: Run | None = None) -> str:
    """Return the branch to deploy: the one `given` with --branch, else the default one, "main" if that is not known.

    Raises UsageError for one that is not the default branch, as GitHub runs schedules on that one only.
    """
    about = _json((run or runner(root))(["gh", "api", f"repos/{repository.full_name}"]))
    default = str(about.get("default_branch") or "")
    if given and default and given != default:
        raise UsageError(
            f"--branch {given}",
            f"is not the default branch, {default}, on which alone GitHub would run the removal of previews",
            f"omit --branch to deploy {default}, or make {given} the default branch in the settings of the repository",
        )
    return valid_branch(given or default or "main")


def valid_branch(branch: str) -> str:
    """Return `branch`. Raises UsageError for a name that is invalid or would need escaping in a subject."""
    wrong = ".." in branch or "//" in branch or branch.endswith(("/", ".", ".lock"))
    if wrong or not _BRANCH.fullmatch(branch):
        raise UsageError(
            f"--branch {branch!r}", "is not a branch that can be deployed", "use letters, digits and . _ / - only"
        )
    return branch


def runner(folder: Path) -> Run:
    """Return a function that runs programs in `folder`."""

    def run(command: Sequence[str]) -> str | None:
        try:
            done = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None

    return run


def _given(text: str) -> Repository:
    if found := parse(text):
        return found
    raise UsageError(
        f"--repository {text!r}",
        "is not a repository",
        "give OWNER/NAME, or OWNER@OWNER-ID/NAME@REPOSITORY-ID if its subject claims are immutable (docs/ci.md)",
    )


def _as_github_has_it(plain: Repository, run: Run) -> Repository:
    """Return the repository in the spelling and form of its subjects. Raises UsageError if GitHub does not tell."""
    answer = _json(run(["gh", "api", f"repos/{plain.full_name}/actions/oidc/customization/sub"]))
    if answer.get("use_default") is False:
        raise UsageError(
            "init ci",
            f"{plain.full_name} has a custom subject claim, which the roles would not match",
            f"reset it: gh api --method PUT repos/{plain.full_name}/actions/oidc/customization/sub -F use_default=true",
        )
    about = _json(run(["gh", "api", f"repos/{plain.full_name}"])) if answer else {}
    prefix = str(answer.get("sub_claim_prefix") or "").removeprefix("repo:")
    if not prefix and "full_name" in about:
        prefix = about["full_name"]
        if answer.get("use_immutable_subject"):
            prefix = f"{about['owner']['login']}@{about['owner']['id']}/{about['name']}@{about['id']}"
    if found := parse(prefix):
        return found if found.id else replace(found, id=str(about.get("id", "")))
    raise UsageError(
        "init ci",
        f"GitHub's CLI did not say which subject claims {plain.full_name} uses",
        f"install it and sign in (gh auth login), or give --repository {plain.full_name}; for a repository that was "
        "created, renamed or transferred after July 15, 2026, OWNER@OWNER-ID/NAME@REPOSITORY-ID (docs/ci.md)",
    )


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
