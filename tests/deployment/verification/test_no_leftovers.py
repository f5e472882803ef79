"""Nothing is left of a stack after `destroy --delete-data`, wherever a deploy or a destroy was killed before.

The emulator is slow, so that the kills also land while a change set is created or executed, a file is uploaded, and a
stack is deleted. Half of them come before the emulator receives a request, half after it has answered.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from deployment.site.files import PART_SIZE
from deployment.verification.inventory import compare, take
from tests.deployment.command import PATIENCE, Command
from tests.deployment.faulty_proxy import Fault, FaultyProxy, Request

pytestmark = pytest.mark.cloud

DEPLOY = ("deploy", "--yes", "--no-smoke-test")
DESTROY = ("destroy", "--yes", "--delete-data")
RETAIN = ("destroy", "--yes")
LAST_REQUEST = 100
"""About the number of requests of each; a command that ends before is not killed."""

SEED = int(os.environ.get("KILL_SEED", "491"))
TIMES = int(os.environ.get("KILL_TIMES", "4"))
"""More than in the suite: KILL_SEED=1 KILL_TIMES=100."""


@dataclass(frozen=True)
class Kill:
    """A kill at the request of number `number`, or at the `number`th of an operation or path that contains `at`.

    after: once the emulator has answered it; otherwise before the emulator receives it.
    """

    number: int
    at: str = ""
    after: bool = False

    def fault(self, kill: Callable[[], None]) -> Fault:
        left = [self.number]

        def wants(request: Request) -> bool:
            left[0] -= self.at in (request.action or f"{request.method} {request.path}")
            return left[0] <= 0

        return Fault(wants, times=1, after=kill) if self.after else Fault(wants, times=1, before=kill)

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'}-{self.at}{self.number}"


@dataclass(frozen=True)
class History:
    """Commands with the moment at which each is killed. keep: the setting. changed: the site and the settings change
    before each. domain: with a domain in Route 53, and alarms.
    """

    keep: bool
    changed: bool
    domain: bool
    kills: tuple[tuple[tuple[str, ...], Kill], ...]

    def __str__(self) -> str:
        words = [f"{'retain' if arguments == RETAIN else arguments[0]}-{kill}" for arguments, kill in self.kills]
        flags = [name for name in ("keep", "changed", "domain") if getattr(self, name)]
        return "_".join(["-".join(flags) or "plain", *words])


@dataclass
class Account:
    """What a user does to the account, through the proxy."""

    command: Command
    proxy: FaultyProxy
    zone: str

    def run_killed(self, arguments: tuple[str, ...], kill: Kill) -> bool:
        """Run the command and kill it. Return False if it ended before that moment."""
        self.proxy.forget()
        process = self.command.start(*arguments)
        self.proxy.faults.append(kill.fault(lambda: process.send_signal(signal.SIGKILL)))
        process.communicate(timeout=PATIENCE)
        self.proxy.forget()
        return process.returncode == -signal.SIGKILL

    def configure(self, number: int, history: History) -> None:
        """Change the site and the settings before the command of that number."""
        lines = []
        if history.changed:
            (self.command.site / f"page{number}.html").write_text(f"<h1>{number}</h1>")
            lines.append(f"[logs]\nretention_days = {(1, 3, 5)[number]}\n")
        if history.domain:
            lines += [
                f'[domain]\nname = "cv.example.com"\nhosted_zone = "{self.zone}"\n',
                '[alerts]\nemail = "a@b.cc"\n',
            ]
        self.command.set(*lines, keep=history.keep)

    def destroy(self) -> str:
        done = self.command.run(*DESTROY)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def account(slowly: Command, slow_proxy: FaultyProxy) -> Iterator[Account]:
    """An account that has to be as before when the test ends."""
    route53 = slowly.target.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference=slowly.name)["HostedZone"]["Id"]
    before = take(slowly.target)
    yield Account(slowly, slow_proxy, zone.removeprefix("/hostedzone/"))
    slow_proxy.forget()
    left = compare(before, take(slowly.target))
    route53.delete_hosted_zone(Id=zone)
    assert left.empty, f"left over: {', '.join(map(str, left.appeared))}"


def histories() -> Iterator[History]:
    """Yield random histories, the same ones each time."""
    chosen = random.Random(SEED)  # noqa: S311 - a repeatable choice
    for _ in range(TIMES):
        keep, changed, domain = chosen.random() < 0.7, chosen.random() < 0.3, chosen.random() < 0.3
        commands = [DEPLOY, *(chosen.choice((DEPLOY, DESTROY, RETAIN)) for _ in range(2))]
        kills = [(one, Kill(chosen.randint(1, LAST_REQUEST), after=chosen.random() < 0.5)) for one in commands]
        yield History(keep, changed, domain, tuple(kills))


@pytest.mark.parametrize("history", list(histories()), ids=str)
def test_one_destroy_suffices_after_any_history_of_killed_commands(account: Account, history: History) -> None:
    for number, (arguments, kill) in enumerate(history.kills):
        account.configure(number, history)
        account.run_killed(arguments, kill)
    account.destroy()


EXECUTED = {
    "the artifact stack is created": Kill(1, "ExecuteChangeSet", after=True),
    "the main stack is created": Kill(2, "ExecuteChangeSet", after=True),
    "the main stack is half created": Kill(8, "DescribeStackEvents", after=True),
    "the change set is created": Kill(2, "CreateChangeSet", after=True),
    "the zip is uploaded": Kill(1, "PUT ", after=False),
    "the site is uploaded": Kill(3, "PUT ", after=True),
    "a part of a large file is uploaded": Kill(2, "partNumber=", after=True),
}


@pytest.mark.parametrize("moment", EXECUTED)
def test_one_destroy_suffices_for_a_deploy_that_was_killed_while(account: Account, moment: str) -> None:
    if "part" in moment:
        (account.command.site / "film.mp4").write_bytes(bytes(3 * PART_SIZE))
    assert account.run_killed(DEPLOY, EXECUTED[moment])
    account.destroy()


ADOPTING = {
    "the data is imported": Kill(2, "ExecuteChangeSet", after=True),
    "the rest is created": Kill(3, "ExecuteChangeSet", after=True),
}


@pytest.mark.parametrize("moment", ADOPTING)
def test_one_destroy_suffices_for_an_adoption_that_was_killed_while(account: Account, moment: str) -> None:
    assert account.command.deploy().returncode == 0
    assert account.command.run(*RETAIN).returncode == 0
    assert account.run_killed(DEPLOY, ADOPTING[moment])
    account.destroy()


DESTROYING = {
    "the deletion policies are set": Kill(1, "ExecuteChangeSet", after=True),
    "the site is deleted": Kill(1, "?delete", after=True),
    "the main stack is deleted": Kill(1, "DeleteStack", after=True),
    "the artifact stack is deleted": Kill(2, "DeleteStack", after=True),
}


@pytest.mark.parametrize("moment", DESTROYING)
def test_one_more_destroy_suffices_for_one_that_was_killed_while(account: Account, moment: str) -> None:
    assert account.command.deploy().returncode == 0
    assert account.run_killed(DESTROY, DESTROYING[moment])
    account.destroy()
