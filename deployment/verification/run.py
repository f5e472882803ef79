"""The verification of an account, from the first deploy of an environment of its own to the last comparison.

1. inventory  list what exists in the account
2. checks     run one after another; after a failure, the others still run
3. destroy    delete the environment with its data, also after a failure or Ctrl-C
4. inventory  list again; nothing may have appeared or disappeared
5. report     write every result to a page to keep
"""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from console import Reporter
from deployment.aws.target import Target
from deployment.plan.cost import Traffic, list_price
from deployment.stack.kept_data import left_over
from deployment.stack.stack import Stack
from deployment.verification.catalog import CHECKS
from deployment.verification.check import Check, FailedError, NotAnswerableError, Result
from deployment.verification.environment import Environment, settings_of
from deployment.verification.inventory import Difference, Inventory, compare, take
from deployment.verification.report import Report, line
from deployment.verification.visits import VISITORS
from errors import ProjectError, UsageError
from files import write_atomically
from settings import Settings

DESTROY_MINUTES = 8
DELETION_SECONDS = 60.0
"""How long a deleted resource may still be listed."""


class Progress(Reporter):
    """Keeps every line of the operations, and shows the last one below the table."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.lines: list[str] = []

    def __call__(self, text: str) -> None:
        self.lines.append(text)
        self._reporter.footer([f"  … {text.strip()}"])

    def begin(self, what: str) -> None:
        self(f"--- {what}")


@dataclass(frozen=True)
class Verification:
    """A verification of the environment `name`. output: the folder for generated files and the report."""

    settings: Settings
    target: Target
    name: str
    output: Path
    checks: Sequence[Check] = CHECKS

    @property
    def report_path(self) -> Path:
        return self.output.parent / "verify.md"

    @property
    def destroy_command(self) -> str:
        """Return the command that destroys the environment, should this process not be able to."""
        return f"python3 build.py destroy --env {self.name} --delete-data --yes"

    def describe(self) -> list[str]:
        """Return the plan: what is created, how long it takes, what it costs."""
        settings = self._settings()
        lines = [
            f"creates the environment {settings.stack.name} in {self.target.resolved_region}, with a small site,",
            f"runs {len(self.checks)} checks, destroys it with its data, and compares the account before and after",
            "nothing else in the account is changed; e-mails and a domain are left out",
        ]
        if self.target.endpoint_url:
            skipped = sum(bool(check.emulator) for check in self.checks)
            return [*lines, f"on this emulator: about a minute; {skipped} of the checks need AWS"]
        minutes = sum(check.minutes for check in self.checks) + DESTROY_MINUTES
        price = list_price(settings, Traffic(visits=4 * VISITORS, minutes=1))
        return [
            *lines,
            f"takes about {round(minutes, -1):.0f} minutes, an estimate; most of it waiting for CloudFront",
            f"costs less than ${max(price, 0.01):.2f}: at list prices, a whole month of such visits costs that much",
            f"should this process be killed: {self.destroy_command}",
        ]

    def run(self, reporter: Reporter) -> Report:
        """Run all of it and write the report. Raises UsageError if the environment exists, and CloudError when the
        account cannot be read at all; after Ctrl-C, KeyboardInterrupt once everything is destroyed.
        """
        environment, progress = self._environment(reporter)
        began, clock = datetime.now(UTC), time.monotonic()
        before = take(self.target)
        results: list[Result] = []
        interruption: KeyboardInterrupt | None = None
        try:
            self._run_checks(environment, progress, reporter, results)
        except KeyboardInterrupt as error:
            reporter("interrupted; destroying the environment")
            interruption = error
        trouble = _destroyed(environment, progress, self.destroy_command)
        left, unlisted = self._left(before, progress)
        report = Report(
            stack=environment.settings.stack.name,
            where=self.target.endpoint_url or f"AWS, {self.target.resolved_region}",
            began=began,
            seconds=time.monotonic() - clock,
            results=[*results, *(Result(check, "not run", "") for check in self.checks[len(results) :])],
            left=left,
            unlisted=unlisted,
            trouble=trouble,
            log=progress.lines,
        )
        self._publish(report, reporter)
        if interruption:
            raise interruption
        return report

    def _publish(self, report: Report, reporter: Reporter) -> None:
        write_atomically(self.report_path, report.page().encode())
        reporter.footer(())
        for text in report.summary():
            reporter(text)
        reporter(f"report: {self.report_path}")

    def _settings(self) -> Settings:
        return settings_of(self.settings, self.name, self.output / "site-source")

    def _environment(self, reporter: Reporter) -> tuple[Environment, Progress]:
        progress = Progress(reporter)
        environment = Environment(self._settings(), self.target, self.output, progress)
        stack = environment.settings.stack.name
        if Stack(stack, self.target).read().status or left_over(stack, self.target):
            raise UsageError(
                f"--env {self.name}",
                "exists already, or has left data, and a verification destroys its environment with its data",
                "give another name, or none: python3 build.py verify",
            )
        shutil.rmtree(self.output, ignore_errors=True)
        environment.settings.site.folder.mkdir(parents=True)
        environment.write_site("Verification")
        return environment, progress

    def _run_checks(
        self, environment: Environment, progress: Progress, reporter: Reporter, results: list[Result]
    ) -> None:
        for check in self.checks:
            progress.begin(check.name)
            result = run_check(check, environment)
            results.append(result)
            reporter(line(result))
            if check.vital and result.answer == "failed":
                return

    def _left(self, before: Inventory, progress: Progress) -> tuple[Difference | None, tuple[str, ...]]:
        """Compare the account with the inventory `before`. A deleted resource may be listed for a while."""
        progress.begin("comparing the account before and after")
        deadline = time.monotonic() + (DELETION_SECONDS if not self.target.endpoint_url else 1.0)
        while True:
            try:
                after = take(self.target)
            except ProjectError as error:
                progress(str(error))
                return None, ()
            left = compare(before, after)
            if left.empty or time.monotonic() > deadline:
                return left, tuple(sorted({*before.unlisted, *after.unlisted}))
            time.sleep(1.0)


def run_check(check: Check, environment: Environment, clock: Callable[[], float] = time.monotonic) -> Result:
    """Run a check and return its result."""
    if check.emulator and not environment.on_aws:
        return Result(check, "not answerable here", check.emulator)
    began = clock()
    try:
        detail = check.run(environment)
    except NotAnswerableError as reason:
        return Result(check, "not answerable here", str(reason), clock() - began)
    except (FailedError, ProjectError, ClientError, BotoCoreError) as error:
        return Result(check, "failed", str(error), clock() - began)
    except Exception as error:  # noqa: BLE001 - a bug in a check must not keep the environment from being destroyed
        environment.reporter(traceback.format_exc())
        return Result(check, "failed", f"a bug, see the log: {type(error).__name__}: {error}", clock() - began)
    return Result(check, "passed", detail, clock() - began)


def _destroyed(environment: Environment, progress: Progress, command: str) -> str:
    """Destroy the environment. Return why it could not be destroyed, "" if it was."""
    progress.begin("destroy")
    try:
        environment.destroy()
    except (ProjectError, ClientError, BotoCoreError) as error:
        return f"{error}; to try again: {command}"
    except KeyboardInterrupt:
        return f"interrupted; to destroy it: {command}"
    return ""
