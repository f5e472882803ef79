"""A stand-in for GitHub's CLI, to put on PATH as `gh`. It understands the commands of the workflows and of `init ci`.

State: the JSON file in FAKE_GH. {"comments": {number: [{id, login, body}, …]}, "pulls": {number: state}, "api": {path:
response}, "calls": [arguments, …]}
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ["FAKE_GH"])
BOT = "github-actions[bot]"


def main(arguments: list[str]) -> None:
    state = json.loads(STATE.read_text())
    state.setdefault("calls", []).append(arguments)
    if arguments[:1] != ["api"]:
        sys.exit(f"fake gh: {arguments}")
    path = next(one for one in arguments[1:] if one.startswith("repos/"))
    printed = answer(state, path, arguments)
    STATE.write_text(json.dumps(state))
    if printed is None:
        sys.exit("gh: Not Found (HTTP 404)")
    if printed:
        sys.stdout.write(f"{printed}\n")


def answer(state: dict[str, Any], path: str, arguments: list[str]) -> str | None:
    """Return the output of the request, and change `state` as it does; None for a resource that does not exist."""
    if path in state.get("api", {}):
        return json.dumps(state["api"][path])
    method = option(arguments, "--method") or "GET"
    if found := re.fullmatch(r"repos/[^/]+/[^/]+/issues/(\d+)/comments", path):
        comments = state.setdefault("comments", {}).setdefault(found[1], [])
        if method == "POST":
            comments.append(
                {"id": 1000 + sum(map(len, state["comments"].values())), "login": BOT, "body": body(arguments)}
            )
            return ""
        marker = re.search(r'startswith\("(.*?)"\)', option(arguments, "--jq") or "")
        assert marker, "the comment is found by its marker"
        assert f'.user.login == "{BOT}"' in (option(arguments, "--jq") or "")
        mine = [one for one in comments if one["login"] == BOT and one["body"].startswith(marker[1])]
        return "\n".join(str(one["id"]) for one in mine)
    if found := re.fullmatch(r"repos/[^/]+/[^/]+/issues/comments/(\d+)", path):
        assert method == "PATCH"
        (comment,) = [one for kept in state["comments"].values() for one in kept if one["id"] == int(found[1])]
        comment["body"] = body(arguments)
        return ""
    if found := re.fullmatch(r"repos/[^/]+/[^/]+/pulls/(\d+)", path):
        pull: str | None = state.get("pulls", {}).get(found[1])
        return pull
    return None


def option(arguments: list[str], name: str) -> str | None:
    return arguments[arguments.index(name) + 1] if name in arguments else None


def body(arguments: list[str]) -> str:
    field = option(arguments, "--field") or ""
    assert field.startswith("body=@")
    return Path(field.removeprefix("body=@")).read_text(encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
