"""The repository of a checkout: its remote, its subjects, and the form in which GitHub names it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deployment.github.repository import Run, deployed_branch, parse, repository_of, require_top_folder, valid_branch
from errors import UsageError

ROOT = Path("checkout")
CUSTOMIZATION = "repos/octo-org/cv/actions/oidc/customization/sub"


def programs(remote: str = "https://github.com/octo-org/cv.git", **api: Any) -> Run:
    """Return a stand-in for the programs: `git` with this remote, and `gh` with responses: sub, repo."""
    answers = {CUSTOMIZATION: api.get("sub"), "repos/octo-org/cv": api.get("repo")}

    def run(command: Sequence[str]) -> str | None:
        if command[0] == "git":
            return f"{remote}\n" if remote else None
        assert command[:2] == ["gh", "api"]
        answer = answers[command[2]]
        return None if answer is None else answer if isinstance(answer, str) else json.dumps(answer)

    return run


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/octo-org/cv",
        "https://github.com/octo-org/cv.git",
        "https://github.com/octo-org/cv/",
        "https://x-access-token:secret@github.com/octo-org/cv.git",
        "git@github.com:octo-org/cv.git",
        "ssh://git@github.com/octo-org/cv.git",
        "ssh://git@ssh.github.com:443/octo-org/cv.git",
    ],
)
def test_the_remote_names_the_repository(remote: str) -> None:
    found = repository_of(None, ROOT, programs(remote, sub={"sub_claim_prefix": "repo:octo-org@12/cv@34"}))
    assert found.full_name == "octo-org/cv"
    assert found.pull_requests == "repo:octo-org@12/cv@34:pull_request"
    assert found.branch("main") == "repo:octo-org@12/cv@34:ref:refs/heads/main"


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "https://gitlab.com/octo-org/cv.git",
        "https://github.com.evil.example/octo-org/cv.git",
        "https://evil.example/github.com/octo-org/cv.git",
        "https://github.com/octo-org/group/cv.git",
        "https://github.com/octo-org/c*v",
        "/srv/git/cv.git",
    ],
)
def test_other_remotes_are_refused(remote: str) -> None:
    with pytest.raises(UsageError, match="remote origin"):
        repository_of(None, ROOT, programs(remote))


@pytest.mark.parametrize(
    ("sub", "repo", "claim"),
    [
        ({"use_default": True, "sub_claim_prefix": "repo:Octo-Org/cv"}, None, "Octo-Org/cv"),
        ({"use_default": True}, {"full_name": "Octo-Org/CV"}, "Octo-Org/CV"),
        (
            {"use_default": True, "use_immutable_subject": True},
            {"full_name": "Octo-Org/CV", "name": "CV", "id": 34, "owner": {"login": "Octo-Org", "id": 12}},
            "Octo-Org@12/CV@34",
        ),
    ],
)
def test_github_says_in_which_spelling_and_form(sub: Any, repo: Any, claim: str) -> None:
    assert repository_of(None, ROOT, programs(sub=sub, repo=repo)).claim == claim


@pytest.mark.parametrize(
    "sub", [None, "not JSON", "[]", {"use_default": True}, {"sub_claim_prefix": "repository_id:34"}]
)
def test_without_an_answer_the_form_is_asked_for(sub: Any) -> None:
    with pytest.raises(UsageError, match="did not say which subject claims") as refused:
        repository_of(None, ROOT, programs(sub=sub))
    assert "--repository octo-org/cv" in refused.value.next_step


def test_a_custom_subject_claim_is_refused() -> None:
    with pytest.raises(UsageError, match="custom subject claim"):
        repository_of(None, ROOT, programs(sub={"use_default": False, "include_claim_keys": ["repository_id"]}))


@pytest.mark.parametrize("text", ["octo-org/cv", "octo-org@12/cv@34", "o/a.b_c-d", "octo_corp/cv"])
def test_a_given_repository_is_taken_as_it_is(text: str) -> None:
    assert repository_of(text, ROOT, programs(remote="")).claim == text


@pytest.mark.parametrize(
    "text",
    ["", "cv", "octo/", "/cv", "octo/cv/x", "octo/..", "octo/.", "octo/..@1", "octo@1/cv", "octo/cv@1", "octo@0/cv@1",
     "octo@x/cv@1", "octo/c v", "octo/*", "octo/cv:ref", "octo/cv\n", "-octo/cv", "öcto/cv", "octo/${x}",
     "https://github.com/octo/cv"],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert parse(text) is None
    with pytest.raises(UsageError, match="is not a repository"):
        repository_of(text, ROOT, programs(remote=""))


def test_the_id_is_known_from_the_subject_or_from_github() -> None:
    immutable = repository_of("octo-org@12/cv@34", ROOT, programs())
    assert (immutable.full_name, immutable.id) == ("octo-org/cv", "34")
    older = programs(sub={"sub_claim_prefix": "repo:octo-org/cv"}, repo={"full_name": "octo-org/cv", "id": 56})
    assert repository_of(None, ROOT, older).id == "56"
    assert repository_of("octo-org/cv", ROOT, programs()).id == ""


def test_the_branch_is_the_default_one() -> None:
    """GitHub runs schedules on the default branch only."""
    repository = parse("octo-org/cv")
    assert repository
    known, unknown = programs(repo={"default_branch": "trunk"}), programs()
    assert deployed_branch(None, repository, ROOT, known) == "trunk"
    assert deployed_branch("trunk", repository, ROOT, known) == "trunk"
    assert deployed_branch(None, repository, ROOT, unknown) == "main"
    assert deployed_branch("live", repository, ROOT, unknown) == "live"
    with pytest.raises(UsageError, match="is not the default branch, trunk"):
        deployed_branch("main", repository, ROOT, known)
    with pytest.raises(UsageError, match="is not a branch that can be deployed"):
        deployed_branch(None, repository, ROOT, programs(repo={"default_branch": "a b"}))


@pytest.mark.parametrize("branch", ["main", "release/1.0", "a-b_c", "2026"])
def test_branches(branch: str) -> None:
    assert valid_branch(branch) == branch


@pytest.mark.parametrize(
    "branch",
    ["", "*", "a b", "a:b", "a..b", "/a", "a/", "a//b", "a.lock", "-a", "a\n", "${{ x }}", '"a"', "ä", "a" * 101],
)
def test_branches_that_would_need_escaping_are_refused(branch: str) -> None:
    with pytest.raises(UsageError, match="is not a branch that can be deployed"):
        valid_branch(branch)


def test_the_project_has_to_be_the_top_of_its_repository(tmp_path: Path) -> None:
    require_top_folder(tmp_path, lambda _: f"{tmp_path}\n")
    require_top_folder(tmp_path, lambda _: None)  # no Git, or no repository
    with pytest.raises(UsageError, match="in a subfolder of the repository"):
        require_top_folder(tmp_path / "project", lambda _: f"{tmp_path}\n")
