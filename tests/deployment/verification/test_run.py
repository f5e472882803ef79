"""The run of a verification: failures, interruptions, and what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployment.aws.target import Target
from deployment.options import Options
from deployment.verification.catalog import CHECKS, PAGE, TABLE, table
from deployment.verification.check import Checks, FailedError, NotAnswerableError, Result, require
from deployment.verification.environment import Environment
from deployment.verification.inventory import Difference, Item, compare, take
from deployment.verification.report import Report, line
from deployment.verification.run import Verification, run_check
from errors import StackError, UsageError
from settings import Settings, validate
from tests.deployment.fakes import Lines

SOME = Checks()


@SOME(minutes=1)
def it_is_so(environment: Environment) -> str:
    """It is so.

    At greater length.
    """
    return "seen"


@SOME(minutes=1)
def it_is_not_so(environment: Environment) -> str:
    """It is not so."""
    require(False, "it is | not")
    return ""


@SOME(minutes=1)
def it_raises_an_error(environment: Environment) -> str:
    """It raises an error."""
    raise StackError("stack cv", "does not exist", "deploy it")


@SOME(minutes=1)
def it_has_a_bug(environment: Environment) -> str:
    """It has a bug."""
    raise KeyError("output")


@SOME(minutes=1)
def nobody_can_say(environment: Environment) -> str:
    """Nobody can say."""
    raise NotAnswerableError("no answer")


@SOME(minutes=1, emulator="it only says hello")
def an_emulator_cannot_say(environment: Environment) -> str:
    """An emulator cannot say."""
    raise AssertionError


@SOME(minutes=1, vital=True)
def a_deploy_without_smoke_test(environment: Environment) -> str:
    """A deploy."""
    environment.deploy(Options())
    return "deployed"


@SOME(minutes=1)
def somebody_presses_ctrl_c(environment: Environment) -> str:
    """Ctrl-C."""
    raise KeyboardInterrupt


@SOME(minutes=1, vital=True)
def it_is_vital_and_fails(environment: Environment) -> str:
    """It is vital and fails."""
    raise FailedError("no deploy")


Verify = Callable[..., Verification]


@pytest.fixture
def verification(cloud: Target, tmp_path: Path, make_settings: Callable[..., Settings]) -> Verify:
    def make(*functions: Callable[[Environment], str], name: str = "verify-run") -> Verification:
        checks = tuple(check for function in functions for check in SOME if check.run is function)
        return Verification(make_settings(), cloud, name, tmp_path / "verify", checks)

    return make


@pytest.mark.cloud
def test_a_failure_does_not_keep_the_others_from_running(verification: Verify, say: Lines) -> None:
    run = verification(it_is_not_so, it_raises_an_error, it_has_a_bug, it_is_so, nobody_can_say, an_emulator_cannot_say)
    report = run.run(say)
    assert not report.good
    assert [(result.answer, result.detail.splitlines()[0]) for result in report.results] == [
        ("failed", "it is | not"),
        ("failed", "stack cv: does not exist"),
        ("failed", "a bug, see the log: KeyError: 'output'"),
        ("passed", "seen"),
        ("not answerable here", "no answer"),
        ("not answerable here", "it only says hello"),
    ]
    page = run.report_path.read_text()
    assert "| it is not so | failed | it is \\| not | 0.0 |" in page
    assert "- **it is so**: It is so.\n" in page
    assert "Traceback" in page.partition("## Log")[2]
    assert say[-1] == f"report: {run.report_path}"


@pytest.mark.cloud
def test_after_a_vital_failure_nothing_more_is_tried(verification: Verify, say: Lines) -> None:
    report = verification(it_is_vital_and_fails, it_is_so).run(say)
    assert [result.answer for result in report.results] == ["failed", "not run"]
    assert not report.good


@pytest.mark.cloud
def test_after_ctrl_c_everything_is_destroyed_and_reported(verification: Verify, say: Lines, cloud: Target) -> None:
    before = take(cloud)
    run = verification(a_deploy_without_smoke_test, somebody_presses_ctrl_c, it_is_so)
    with pytest.raises(KeyboardInterrupt):
        run.run(say)
    assert "interrupted; destroying the environment" in say
    assert "account: as before; nothing of the environment is left" in say
    assert "| it is so | not run |" in run.report_path.read_text()
    assert compare(before, take(cloud)).empty


@pytest.mark.cloud
def test_an_environment_that_exists_is_not_touched(verification: Verify, say: Lines, cloud: Target) -> None:
    run = verification(it_is_so, name="mine")
    stack = f"{run.settings.stack.name}-mine"
    cloud.client("cloudformation").create_stack(
        StackName=stack, TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    )
    with pytest.raises(UsageError, match="--env mine: exists already"):
        run.run(say)
    cloud.client("cloudformation").delete_stack(StackName=stack)


def test_the_plan_says_what_is_created_how_long_it_takes_and_what_it_costs(tmp_path: Path, say: Lines) -> None:
    settings = validate({"stack": {"name": "cv"}}, tmp_path / "settings.toml")
    run = Verification(settings, Target("eu-central-1"), "verify-1", tmp_path)
    text = "\n".join(run.describe())
    assert "creates the environment cv-verify-1 in eu-central-1" in text
    assert f"runs {len(CHECKS)} checks" in text
    assert re.search(r"takes about [4-7]0 minutes", text)
    assert "costs less than $0.2" in text  # most of it the alarm and the tick, of a whole month
    assert "python3 build.py destroy --env verify-1 --delete-data --yes" in text
    on_an_emulator = replace(run, target=Target("us-east-1", "http://127.0.0.1:9"))
    assert "on this emulator: about a minute" in "\n".join(on_an_emulator.describe())


REPORT = Report("cv-verify-1", "AWS", datetime(2026, 11, 28, tzinfo=UTC), 1.0, (), Difference((), ()), (), "", ())
LEFT = Item("AWS::Logs::LogGroup", "/aws/lambda/cv")


def test_whatever_is_left_or_missing_is_no_success() -> None:
    assert REPORT.good
    for bad in (
        replace(REPORT, left=Difference((LEFT,), ())),
        replace(REPORT, left=Difference((), (LEFT,))),
        replace(REPORT, left=None),
        replace(REPORT, trouble="stack cv: no"),
    ):
        assert not bad.good
    assert "LEFT OVER: AWS::Logs::LogGroup /aws/lambda/cv" in replace(REPORT, left=Difference((LEFT,), ())).summary()
    assert "NOT DESTROYED: no" in replace(REPORT, trouble="no").summary()
    assert "not compared, as it cannot be listed: X" in replace(REPORT, unlisted=("X",)).summary()


def test_a_result_is_one_line(tmp_path: Path) -> None:
    settings = validate({}, tmp_path / "settings.toml")
    environment = Environment(settings, Target("us-east-1"), tmp_path, Lines())
    result = run_check(SOME[0], environment, iter((1.0, 3.5)).__next__)
    assert result == Result(SOME[0], "passed", "seen", 2.5)
    assert line(result) == "passed                 2.5 s  it is so: seen"


def test_every_check_says_what_it_proves() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.proves.endswith("."), check.name
        assert check.minutes > 0


def test_the_page_has_the_table_of_the_checks() -> None:
    """To write it: `python -m deployment.verification.catalog`."""
    (found,) = TABLE.findall(PAGE.read_text(encoding="utf-8"))
    assert found == table()
