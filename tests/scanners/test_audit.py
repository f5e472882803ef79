"""`build.py audit` against local databases: known and accepted vulnerabilities, and unreachable databases."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from errors import ProjectError, UsageError
from scanners.audit import OUT_OF_REACH, VULNERABLE, audit
from scanners.comments import comments
from scanners.locks import pins
from scanners.python_audit import ACCEPTED
from tests.scanners.databases import OSV, databases
from tests.scanners.environment import ROOT, scanners_environment

OLD = ("pip", "22.3")
ACCEPTS = 'pip==22.3 ; python_version < "3"   # vulnerable - a test alone runs it\n'


class Checkout:
    """A folder with two locks for Python and one of npm's, and the scanners' environment. `told` is what audit says."""

    def __init__(self, root: Path) -> None:
        self.root, self.told = root, list[str]()
        (root / ".venv-scan").symlink_to(scanners_environment().folder)
        (root / "requirements").mkdir()
        self.lock("run", "tiny==1.0 \\\n    --hash=sha256:00\n")
        self.lock("test", "pip==22.3 ; python_version < '3'\npip==24.2 ; python_version >= '3'\ntiny==1.0\n")
        self.source("test", "")
        document = {"name": "x", "version": "1.0.0"}
        locked = {"version": "1.0.0", "resolved": "https://example.com/left-1.0.0.tgz", "integrity": "sha512-AA=="}
        packages = {"": {**document, "dependencies": {"left": "1.0.0"}}, "node_modules/left": locked}
        (root / "package.json").write_text(json.dumps({**document, "dependencies": {"left": "1.0.0"}}))
        (root / "package-lock.json").write_text(json.dumps({**document, "lockfileVersion": 3, "packages": packages}))
        for command in (["init", "-q"], ["add", "package-lock.json"]):
            subprocess.run(["git", *command], cwd=root, check=True)

    def lock(self, name: str, text: str) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text(text)

    def source(self, name: str, text: str) -> None:
        (self.root / "requirements" / f"{name}.in").write_text(text)

    def audit(self, address: str) -> int:
        return audit(self.root, address + OSV, address, self.told.append)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_every_pin_of_every_platform_is_asked_about_once(checkout: Checkout) -> None:
    with databases() as server:
        assert checkout.audit(server.address) == 0
        assert sorted(server.asked) == [("left", "1.0.0"), OLD, ("pip", "24.2"), ("tiny", "1.0")]
    (table,) = checkout.told
    assert [row.split() for row in table.replace("|", "").splitlines()[2:]] == [
        ["requirements/run.txt", "1", "0", "0"],
        ["requirements/test.txt", "3", "0", "0"],
        ["package-lock.json", "1", "0", "0"],
    ]


def test_an_unpacked_archive_without_git_is_audited_too(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / ".git")
    with databases() as server:
        assert checkout.audit(server.address) == 0
        assert ("left", "1.0.0") in server.asked


def test_what_is_known_is_reported_for_each_lock_that_pins_it(checkout: Checkout) -> None:
    with databases(("tiny", "1.0"), advisories={"left": "<=1.0.0"}) as server:
        assert checkout.audit(server.address) == VULNERABLE
    assert checkout.told[:3] == [
        "  requirements/run.txt: tiny==1.0: OSV-tiny, fixed in 99",
        "  requirements/test.txt: tiny==1.0: OSV-tiny, fixed in 99",
        "  package-lock.json: left 1.0.0: high",
    ]


def test_what_the_source_accepts_with_a_reason_is_counted_apart(checkout: Checkout) -> None:
    with databases(OLD, ("pip", "24.2")) as server:
        checkout.source("test", ACCEPTS)
        assert checkout.audit(server.address) == VULNERABLE
    assert checkout.told[0] == "  requirements/test.txt: pip==24.2: OSV-pip, fixed in 99", (
        "another version is not accepted"
    )
    assert re.search(r"requirements/test.txt \| 3 +\| 1 +\| 1 ", checkout.told[1])


@pytest.mark.parametrize(
    ("source", "vulnerable", "said"),
    [
        (ACCEPTS, ("tiny", "9"), "pip==22.3 is accepted as vulnerable, but has no known vulnerability"),
        (ACCEPTS.partition(" - ")[0], OLD, "pip==22.3 is accepted as vulnerable, without a reason"),
    ],
)
def test_an_acceptance_must_fit_and_say_why(
    checkout: Checkout, source: str, vulnerable: tuple[str, str], said: str
) -> None:
    checkout.source("test", source)
    with databases(vulnerable) as server, pytest.raises(ProjectError, match=re.escape(said)):
        checkout.audit(server.address)


def test_without_a_database_it_says_so_in_one_line(checkout: Checkout) -> None:
    with socket.socket() as taken:  # bound and not listening: whoever connects is refused
        taken.bind(("127.0.0.1", 0))
        assert checkout.audit(f"http://127.0.0.1:{taken.getsockname()[1]}") == OUT_OF_REACH
    (line,) = checkout.told
    assert line.startswith("not audited: 5 pins in 3 lock files; unreachable: OSV (")
    assert "npm's registry (" in line
    assert "\n" not in line


def test_an_auditor_that_breaks_is_reported_with_the_verb_that_ran_it(checkout: Checkout) -> None:
    checkout.lock("run", "tiny==!!\n")
    with databases() as server, pytest.raises(ProjectError) as broken:
        checkout.audit(server.address)
    assert str(broken.value).startswith("audit: pip-audit ended with ")
    assert str(broken.value).endswith("python3 build.py audit")


@pytest.mark.parametrize("address", ["", "nonsense", "localhost:8080", "file:///etc/passwd", "http://"])
@pytest.mark.parametrize("option", ["--database", "--registry"])
def test_an_invalid_address_is_reported_before_any_query(tmp_path: Path, option: str, address: str) -> None:
    given = {"--database": None, "--registry": None, option: address}
    with pytest.raises(UsageError, match=rf"audit {option}: .*is not a URL"):
        audit(tmp_path, given["--database"], given["--registry"], print)


def test_a_database_that_refuses_is_out_of_reach_too(checkout: Checkout) -> None:
    with databases(status=403) as server:
        assert checkout.audit(server.address) == OUT_OF_REACH
    assert len(checkout.told) == 1


def test_what_our_own_locks_accept_is_pinned_there() -> None:
    """Without a database, nobody would notice that the pin has changed."""
    for source in (ROOT / "requirements").glob("*.in"):
        pinned = {f"{pin.name}=={pin.version}" for pin in pins(source.with_suffix(".txt"))}
        for mark in comments(source.name, source.read_text(), [ACCEPTED]):
            assert mark.rules <= pinned, mark
            assert mark.reason
